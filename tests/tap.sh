# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the .t files share: one check a line, a folder of their own, the tools by their names.
#
#     . "$(dirname "$0")/tap.sh"
#     run rec-compose ...                 # $status, $tmp/out, $tmp/err
#     check 'it is done' [ "$status" -eq 0 ]
#     done_testing
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
BUILD=${BUILD:-build}
PATH=$(realpath "$BUILD")/bin:$PATH
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset OUTPUT_WIDTH OUTPUT_HEIGHT RECORDINGS_DIR LOG_LEVEL
ntests=0
status=0
what=

# run COMMAND...: sets $status; $tmp/out and $tmp/err hold what it says
run()
{
    what="$*"
    status=0
    "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

# check NAME COMMAND...: one TAP line, ok when COMMAND succeeds; what it and the last run said follows when not
check()
{
    local name=$1 said
    shift
    ntests=$((ntests + 1))
    if said=$("$@" 2>&1); then
        echo "ok $ntests - $name"
        return
    fi
    echo "not ok $ntests - $name"
    {
        printf '%s\n' "failed: $*" "$said" "after: $what" "status: $status"
        head -n 12 "$tmp/err" "$tmp/out"
    } 2>/dev/null | tr -d '\000' | sed 's/^/# /'
}

# exits STATUS NAME: the last run ended so
exits()
{
    check "$2" [ "$status" -eq "$1" ]
}

done_testing()
{
    echo "1..$ntests"
}

# one_line WORD...: stderr is one line that holds each WORD
one_line()
{
    local word
    [ "$(wc -l <"$tmp/err")" -eq 1 ] || { echo "stderr has $(wc -l <"$tmp/err") lines" && return 1; }
    for word in "$@"; do
        grep -qF -- "$word" "$tmp/err" || { echo "stderr does not say $word" && return 1; }
    done
}

# nothing_but FOLDER NAME...: the folder holds these and nothing else, hidden ones included
nothing_but()
{
    local folder=$1
    shift
    diff <(printf '%s\n' "$@" | sed '/^$/d' | sort) <(find "$folder" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)
}

# json FILE EXPRESSION: a Python expression over the object `o` is true
json()
{
    python3 -c 'import json, sys
def once(pairs):
    assert len(dict(pairs)) == len(pairs), "a key stands twice"
    return dict(pairs)
with open(sys.argv[1], encoding="utf8") as file:
    o = json.load(file, object_pairs_hook=once)
value = eval(sys.argv[2])
sys.exit(0 if value is True else f"{sys.argv[2]}: {value}")' "$@"
}

# stream FILE KIND ENTRY...: ffprobe's values, one a line in the order of ENTRY
stream()
{
    local file=$1 kind=$2
    shift 2
    local entry
    for entry in "$@"; do
        ffprobe -v error -select_streams "$kind:0" -show_entries "stream=$entry" -of default=nw=1:nk=1 "$file" | head -n 1
    done
}
