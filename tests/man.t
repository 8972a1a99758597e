#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: --help, the man pages, the completion and the README tell the same, and what they tell exists.
cd "$(dirname "$0")/.." || exit 1
bin=${BUILD:-build}/bin
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0

# check STATUS NAME: one TAP line; what stands in $tmp/why follows as a comment when it failed
check()
{
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        sed 's/^/# /' "$tmp/why"
    fi
    : >"$tmp/why"
}

# same NAME: $tmp/a and $tmp/b hold the same lines, and some
same()
{
    sort -u -o "$tmp/a" "$tmp/a"
    sort -u -o "$tmp/b" "$tmp/b"
    diff "$tmp/a" "$tmp/b" >"$tmp/why" && [ -s "$tmp/a" ]
    check $? "$1"
}

# the options of `NAME --help`, of the page's tagged lists, of what bash offers after a dash
help_options()
{
    "$bin/$1" --help | grep -E '^  (-[a-zA-Z],| ) ' | grep -oE '(^|[ ,])--?[a-zA-Z][a-zA-Z0-9-]*' | tr -d ' ,' |
        awk '/^--/ || length == 2'
}

page_options()
{
    grep '^\.It Fl' "man/$1.1" | grep -oE 'Fl -?[a-zA-Z][a-zA-Z0-9-]*' | sed 's/Fl /-/'
}

completed_options()
{
    bash -c 'eval "$("$0/$1" --completion bash)"
        call=$(complete -p "$1") && call=${call##*-F } && COMP_WORDS=("$1" -) COMP_CWORD=1
        "${call%% *}" && printf "%s\n" "${COMPREPLY[@]}"' "$bin" "$1" | sed -E 's/^--p[0-9]+-/--pN-/'
}

# the fenced blocks of README.md in language $1; the JSON examples of rec-session(5), numbered from 1
readme_blocks()
{
    awk -v want="\`\`\`$1" '$0 == want { on = 1; next } /^```/ { on = 0 } on' README.md
}

page_example()
{
    awk -v want="$1" '/^\.Bd/ { k = 0 } /^\.Ed/ { on = 0 } /^\{$/ { on = ++count } on == want && on { print }' \
        man/rec-session.5
}

tools=$(find "$bin" -name 'rec-*' -printf '%f\n' | sort)
[ -n "$tools" ]
check $? "there are tools in $bin"

for tool in $tools; do
    help_options "$tool" >"$tmp/a"
    page_options "$tool" >"$tmp/b"
    same "$tool: --help and $tool(1) have the same options"
    help_options "$tool" >"$tmp/a"
    completed_options "$tool" >"$tmp/b"
    same "$tool: --help and the bash completion have the same options"
    "$bin/$tool" --help | awk 'length > 80 { print; bad = 1 } END { exit bad }' >"$tmp/why"
    check $? "$tool: --help fits 80 columns"
done

for page in man/*.[1-9]; do
    if command -v mandoc >/dev/null; then
        # our own pages need not be installed to be referred to: that is looked at below
        mandoc -T lint -W style "$page" 2>&1 | grep -v 'referenced manual not found: Xr rec' >"$tmp/why"
        [ ! -s "$tmp/why" ]
        check $? "$page: mandoc finds nothing"
    else
        n=$((n + 1)) && echo "ok $n - $page # SKIP no mandoc"
    fi
    grep -hoE '^\.(It )?Xr rec[a-z-]* [0-9]' "$page" | sed -E 's/.*Xr ([a-z-]+) ([0-9])/man\/\1.\2/' | sort -u |
        while read -r other; do [ -f "$other" ] || echo "$other"; done >"$tmp/why"
    [ ! -s "$tmp/why" ]
    check $? "$page: the pages that it names exist"
done

echo "$tools" >"$tmp/a"
grep -oE '^\.It Xr rec-[a-z]+ 1' man/rec.7 | awk '{ print $3 }' >"$tmp/b"
same "rec(7) lists the tools that exist, and no other"

echo "$tools" >"$tmp/a"
grep -oE '^\| *\[?`?rec-[a-z]+' README.md | grep -oE 'rec-[a-z]+' >"$tmp/b"
same "README.md's table lists the tools that exist, and no other"

grep -ohE '(getenv|_from_environment)\("[A-Z0-9_]+"' cmd/*.c lib/*/*.c | grep -oE '[A-Z0-9_]{2,}' >"$tmp/a"
grep '^\.It Ev' man/rec.7 | grep -oE '[A-Z0-9_]{2,}' >"$tmp/b"
same "rec(7) lists the environment variables that are read, and no other"

# `make -n` would run a recipe that calls make, so the Makefile is read: a target with a recipe
readme_blocks sh | grep -oE '\bmake [a-z-]+' | sort -u | while read -r _ target; do
    awk -v t="$target:" 'index($0, t) == 1 && getline > 0 && /^\t/ { found = 1 } END { exit !found }' Makefile ||
        echo "make $target"
done >"$tmp/why"
[ ! -s "$tmp/why" ] && readme_blocks sh | grep -q '\bmake\b'
check $? "README.md: its make targets exist"

readme_blocks sh | grep -oE '\brec-[a-z]+|[a-z/]*/bin/rec-[a-z]+' | sed 's/.*\///' | sort -u | while read -r tool; do
    [ -x "$bin/$tool" ] || echo "$tool"
done >"$tmp/why"
[ ! -s "$tmp/why" ]
check $? "README.md: the tools that it runs exist"

# in a README line, an option belongs to a tool
readme_blocks sh | grep 'rec-' | grep -oE ' --?[a-zA-Z][a-zA-Z0-9-]*' | sed -E 's/ //; s/^--p[0-9]+-/--pN-/' | sort -u >"$tmp/b"
for tool in $tools; do help_options "$tool"; done | sort -u >"$tmp/a"
comm -13 "$tmp/a" "$tmp/b" >"$tmp/why"
[ ! -s "$tmp/why" ]
check $? "README.md: the options that it uses exist"

grep -oE '\]\([^)#]+\)|src="[^"]+"' README.md HACKING.md | sed -E 's/^[^:]*:(\]\(|src=")//; s/[)"]$//' |
    grep -v '^https\?:' | while read -r file; do [ -e "$file" ] || echo "$file"; done >"$tmp/why"
[ ! -s "$tmp/why" ]
check $? "README.md and HACKING.md: the files that they link exist"

compose=$PWD/$bin/rec-compose
readme_blocks json >"$tmp/readme.json"
(cd testdata/S1-two && "$compose" --session - --dry-run <"$tmp/readme.json") >/dev/null 2>"$tmp/why"
check $? "README.md: its session.json is one"

sed -n 's/^    \(S1-two:\)/\1/p; s/^    \(windows (\)/\1/p; s/^    \(  [0-9].* tiles*: \)/\1/p' README.md >"$tmp/b"
"$compose" --session testdata/S1-two/session.json --dry-run 2>&1 | sed '/^inputs/,$d' >"$tmp/a"
same "README.md: what the dry run prints"

# every path of the manual's examples becomes a real sound
mkdir "$tmp/recording"
for example in 1 2; do
    page_example $example >"$tmp/session.json"
    grep -oE '[A-Za-z0-9-]+\.(webm|ogg)' "$tmp/session.json" | while read -r name; do
        cp testdata/S1-two/Aditya-audio.webm "$tmp/$name"
        cp testdata/S1-two/Aditya-audio.webm "$tmp/recording/$name"
    done
    "$compose" --session "$tmp/session.json" --no-video --dry-run >"$tmp/out" 2>"$tmp/why" && grep -q "'$tmp/" "$tmp/out"
    check $? "rec-session(5): example $example is a session"
done

echo "1..$n"
