#!/bin/bash
# SPDX-License-Identifier: MIT
# lint.sh: the rules of the house that no compiler checks. Prints each breach; exit 1 when there is one.
cd "$(dirname "$0")/.." || exit 1
bad=0

# breach WHAT: lines on stdin are breaches of that rule
breach()
{
    local lines
    lines=$(cat)
    [ -n "$lines" ] || return 0
    printf '%s:\n%s\n' "$1" "$lines" | sed '2,$s/^/  /' >&2
    bad=1
}

mapfile -t code < <(find lib cmd -name '*.[ch]' | sort)
mapfile -t unit < <(find tests/unit tests/fuzz -name '*.[ch]' | sort)
mapfile -t scripts < <(find tests .ci -type f \( -name '*.sh' -o -name '*.t' -o -path '.ci/*' \) | sort)
mapfile -t shell < <(grep -lE '^#!.*\b(ba)?sh\b' "${scripts[@]}" tests/tap.sh)
mapfile -t texts < <(find . -type f \( -path ./build -o -path ./.git -o -path ./testdata \) -prune -o -type f \
    \( -name '*.[ch]' -o -name '*.sh' -o -name '*.t' -o -name '*.py' -o -name '*.md' -o -name '*.[1-8]' -o -name Makefile \
    -o -path './.ci/*' \) -print | grep -v '^./build/\|^./.git/\|^./tests/lint.sh$' | sort)

# rooms that a room may include, itself left out: arrows point down only
declare -A below=(
    [base]='' [net]='base' [media]='base' [session]='media net base'
    [sound]='session media net base' [picture]='session media net base'
    [compose]='picture sound session media net base'
    [mixdown]='compose picture sound session media net base' [edit]='compose picture sound session media net base'
    [waveform]='compose picture sound session media net base' [probe]='compose picture sound session media net base'
    [cmd]='mixdown edit waveform probe compose picture sound session media net base'
)

includes()
{
    grep -oHE '^#include "[a-z]+/' "$@" | sed 's/:#include "/ /; s,/$,,'
}

room_of()
{
    case $1 in
        lib/*) room=${1#lib/} && room=${room%%/*} ;;
        *) room=cmd ;;
    esac
}

while read -r file used; do
    room_of "$file"
    case " $room ${below[$room]-} " in
        *" $used "*) ;;
        *) echo "$file includes $used/" ;;
    esac
done < <(includes "${code[@]}") | breach 'an include that points up or sideways'

# only OWNERS PATTERN WHAT: nothing else includes it
only()
{
    grep -nE "^#include <($2)" "${code[@]}" | grep -vE "^($1)/" | breach "$3"
}
only 'lib/(media|picture|sound|compose|mixdown|edit|waveform|probe)' 'libav|libsw' 'FFmpeg outside of the rooms that know pictures and sound'
only 'lib/base|lib/session' 'cjson/|cJSON' 'cJSON outside of lib/base and lib/session'
only 'lib/net' 'curl/' 'libcurl outside of lib/net'

grep -nE '\b(system|popen|execv[pe]*|execl[pe]*|fexecve|posix_spawnp?)[[:space:]]*\(' "${code[@]}" |
    breach 'a tool starts no other program'
grep -nE '\.\./shared|(^|[^[:alnum:]_.])/(work|farm)/' "${texts[@]}" | breach 'a path that no user has'
for file in "${code[@]}" "${unit[@]}"; do
    [ "$(head -n 1 "$file")" = '/* SPDX-License-Identifier: MIT */' ] || echo "$file"
done | breach 'the first line is not the SPDX line'
for file in "${scripts[@]}" $(find tests -name '*.py') Makefile; do
    head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MIT' || echo "$file"
done | breach 'no SPDX line'
for file in cmd/rec-*.c; do
    name=${file#cmd/} && [ -f "man/${name%.c}.1" ] || echo "$file"
done | breach 'a tool without a man page'
for file in tests/*.t; do
    sed -n 2,4p "$file" | grep -qE 'Goal: .' || echo "$file"
done | breach 'a test that does not open with its goal'
for file in "${scripts[@]}"; do
    [ -x "$file" ] || [ "$file" = tests/tap.sh ] || echo "$file"
done | breach 'a script that is not executable'

if command -v shellcheck >/dev/null; then
    shellcheck --source-path=SCRIPTDIR -x "${shell[@]}" || bad=1
fi
exit $bad
