# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Completion of wirebell for bash. One case a command with its options, one a option with its
# values; tests/cli/test_completions.py holds them against what --help says.

_wirebell() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local commands='run check try parse import export status feeds history why ack snooze poll reload boards test off'
    local levels='flash bulletin urgent routine'
    local options='' arguments=''
    COMPREPLY=()
    compopt +o default 2>/dev/null

    case $before in
    --board)
        arguments=$(_wirebell_boards)
        mapfile -t COMPREPLY < <(compgen -W "$arguments" -- "$current"; compgen -f -- "$current")
        return
        ;;
    --config | --keywords | --reader-socket | --trace)
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
        ;;
    --state-dir)
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        return
        ;;
    --last | --since)
        mapfile -t COMPREPLY < <(compgen -W '1h 12h 1d 7d' -- "$current")
        return
        ;;
    esac

    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$current")
        return
    fi

    case ${COMP_WORDS[1]} in
    run) options='--board --config --keywords --once --reader-socket --state-dir --trace --user' ;;
    check) options='--board --config --json --keywords --state-dir' ;;
    try) options='--config --json --keywords --last --reader-socket --state-dir' arguments=FILES ;;
    parse) arguments=FILES ;;
    import) arguments=FILES ;;
    export) options='--keywords' ;;
    status) options='--json --user' ;;
    feeds) options='--json --user' ;;
    history) options='--all --json --since --user' ;;
    why) options='--json --user' ;;
    ack) options='--user' ;;
    snooze)
        options='--user'
        [[ $before == snooze || $before == -* ]] && arguments='30m 1h 8h 1d'
        ;;
    poll) options='--user' ;;
    reload) options='--user' ;;
    test) options='--board --config --trace --user' arguments="$levels" ;;
    boards) options='--json' arguments=$(_wirebell_boards) ;;
    off) options='--board --config' ;;
    *) return ;;
    esac

    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options --help" -- "$current")
    elif [[ $arguments == FILES ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -W "$arguments" -- "$current")
    fi
}

# The boards there are files of, by name.
_wirebell_boards() {
    local file
    for file in /etc/wirebell/boards/*.board /usr/share/wirebell/boards/*.board; do
        [[ -e $file ]] && basename "$file" .board
    done
}

complete -F _wirebell wirebell
