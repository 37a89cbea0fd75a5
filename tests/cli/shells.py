# SPDX-License-Identifier: MIT
"""What bash, zsh and fish offer to complete a line with, asked of the shells themselves.

bash and fish tell it without a terminal. zsh completes nowhere but in its line editor: it is given
a terminal, the line is typed there, and what the completion hands on to be shown is written down.
"""

import os
import pty
import select
import shutil
import subprocess

import pytest

FILES = {"bash": "wirebell.bash", "fish": "wirebell.fish", "zsh": "_wirebell"}

BASH = """
. "$1"; COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2))
_wirebell; printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = 'source $argv[1]; complete -C "$argv[2]"'

# compadd is what all of zsh's completion ends in; with -O, -A or -D it is asked, not told.
ZSH = """
PS1= ; fpath=("$OFFERS_FOLDER" $fpath); autoload -Uz compinit; compinit -D -u
compadd() {
    if [[ " ${@[1,(i)(-|--)]} " != *\\ -[a-zA-Z12]#[OAD]\\ * ]]; then
        local -a offered
        builtin compadd -O offered "$@"
        print -rl -- $offered >>"$OFFERS_OUT"
    fi
    builtin compadd "$@"
}
comppostfuncs=(exit)
"""


def offers(shell, folder, *words):
    """What a shell offers behind these words, of which the last is being typed.

    folder holds the completions, and is where files are looked for.
    """
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    file = folder / FILES[shell]
    line = " ".join(["wirebell", *words])
    if shell == "zsh":
        return set(_typed_in_zsh(folder, line).split())
    command = {"bash": ["bash", "-c", BASH, "bash", file, "wirebell", *words],
               "fish": ["fish", "--no-config", "-c", FISH, file, line]}[shell]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=folder)
    assert done.stderr == ""
    return {offered.split("\t")[0] for offered in done.stdout.splitlines() if offered}


def _typed_in_zsh(folder, line):
    setup, out = folder / ".setup", folder / ".out"
    setup.write_text(ZSH, encoding="utf-8")
    out.write_text("", encoding="utf-8")
    ours, its = pty.openpty()
    with subprocess.Popen(["zsh", "-f", "-i"], stdin=its, stdout=its, stderr=its, cwd=folder,
                          start_new_session=True,
                          env={**os.environ, "TERM": "dumb", "OFFERS_FOLDER": str(folder),
                               "OFFERS_OUT": str(out)}) as shell:
        os.close(its)
        os.write(ours, f"source {setup}\n{line}\t".encode())
        seen = b""
        try:
            while select.select([ours], [], [], 60)[0]:
                seen += os.read(ours, 4096)
        except OSError:  # it has left
            pass
        else:
            shell.kill()
            pytest.fail(f"zsh did not complete {line!r}: {seen!r}")
        finally:
            os.close(ours)
    return out.read_text(encoding="utf-8")
