# SPDX-License-Identifier: MIT
#
# Completion of wirebell for fish; see wirebell.bash.

# Is one of these the command?
function __wirebell_runs
    set -l words (commandline -opc)
    contains -- "$words[2]" $argv
end

# Is the word after the command still to come?
function __wirebell_wants_word
    __wirebell_runs $argv; and not string match -qv -- '-*' (commandline -opc)[3..]
end

function __wirebell_boards
    for file in /etc/wirebell/boards/*.board /usr/share/wirebell/boards/*.board
        basename $file .board
    end
end

complete -c wirebell -f
complete -c wirebell -n __fish_use_subcommand -l help -d 'print help'
complete -c wirebell -n __fish_use_subcommand -l version -d 'print the version'
complete -c wirebell -n __fish_use_subcommand -a run -d 'poll the feeds, ring for stories that match'
complete -c wirebell -n __fish_use_subcommand -a check -d 'say what is wrong with the files of the configuration'
complete -c wirebell -n __fish_use_subcommand -a try -d 'show which stories of some feeds would ring, and why'
complete -c wirebell -n __fish_use_subcommand -a parse -d 'print the stories of a feed as JSON lines'
complete -c wirebell -n __fish_use_subcommand -a import -d 'print the feeds of OPML files as lines of the keywords file'
complete -c wirebell -n __fish_use_subcommand -a export -d 'print the feeds of the keywords file as OPML'
complete -c wirebell -n __fish_use_subcommand -a status -d 'show what is lit, what ails the bell, how the feeds are'
complete -c wirebell -n __fish_use_subcommand -a feeds -d 'show each feed, when it is asked next, why then'
complete -c wirebell -n __fish_use_subcommand -a history -d 'list what rang, and what did not and why'
complete -c wirebell -n __fish_use_subcommand -a why -d 'tell all about one ring'
complete -c wirebell -n __fish_use_subcommand -a ack -d 'say that all alerts were seen'
complete -c wirebell -n __fish_use_subcommand -a snooze -d 'be silent for a while'
complete -c wirebell -n __fish_use_subcommand -a poll -d 'have every feed asked now'
complete -c wirebell -n __fish_use_subcommand -a reload -d 'have the keywords read again'
complete -c wirebell -n __fish_use_subcommand -a boards -d 'list the boards; draw one on the header'
complete -c wirebell -n __fish_use_subcommand -a test -d 'show that the lamps and the buzzer work, or how a level rings'
complete -c wirebell -n __fish_use_subcommand -a off -d 'switch every output off'

complete -c wirebell -n '__wirebell_runs history' -l all -d 'those that did not ring, too'
complete -c wirebell -n '__wirebell_runs run check test off' -l board -r -F -a '(__wirebell_boards)' -d 'drive this board'
complete -c wirebell -n '__wirebell_runs run check test try off' -l config -r -F -d 'the device'
complete -c wirebell -n '__wirebell_runs run check try parse import export status feeds history why ack snooze poll reload boards test off' -l help -d 'print help'
complete -c wirebell -n '__wirebell_runs check try status feeds history why boards' -l json -d 'print JSON'
complete -c wirebell -n '__wirebell_runs run check try export' -l keywords -r -F -d 'feeds and words'
complete -c wirebell -n '__wirebell_runs run' -l once -d 'one round, then leave'
complete -c wirebell -n '__wirebell_runs run try' -l reader-socket -r -F -d 'where wirebell-reader listens'
complete -c wirebell -n '__wirebell_runs try' -l last -x -a '1h 12h 1d 7d' -d 'the stories kept of that time'
complete -c wirebell -n '__wirebell_runs history' -l since -x -a '1h 12h 1d 7d' -d 'since then'
complete -c wirebell -n '__wirebell_runs run check try' -l state-dir -x -a '(__fish_complete_directories)' -d 'what was seen'
complete -c wirebell -n '__wirebell_runs run test' -l trace -r -F -d 'write each change of a line'
complete -c wirebell -n '__wirebell_runs run status feeds history why ack snooze poll reload test' -l user -d 'on the bus of the session'

complete -c wirebell -n '__wirebell_runs try parse import' -F
complete -c wirebell -n '__wirebell_runs boards' -a '(__wirebell_boards)' -F
complete -c wirebell -n '__wirebell_wants_word snooze' -a '30m 1h 8h 1d'
complete -c wirebell -n '__wirebell_runs test' -a 'flash bulletin urgent routine'
