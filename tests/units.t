#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: every module keeps its contract: the unit tests, each of their tests a line here.
cd "$(dirname "$0")/.." || exit 1
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
n=0

for source in tests/unit/*.c; do
    unit=$(basename "$source" .c)
    CMOCKA_MESSAGE_OUTPUT=TAP "${BUILD:-build}/tests/unit/$unit" >"$said" 2>&1
    status=$?
    # the unit's own tests, counted on, with its name; its plan and closing line left out; older cmocka calls a skipped one not ok
    awk -v n="$n" -v unit="$unit" '
        /^(not )?ok [0-9]+ # SKIP / { print "ok " ++n " - " unit ": " $NF " # SKIP"; next }
        /^(not )?ok [0-9]+ - / { match($0, / - /); print ($1 == "not" ? "not ok " : "ok ") ++n " - " unit ": " substr($0, RSTART + 3); next }
        /^1\.\.[0-9]+$/ || /^# (not )?ok - / { next }
        { print "# " $0 }' "$said"
    n=$((n + $(grep -cE '^(not )?ok [0-9]+ (-|# SKIP) ' "$said")))
    planned=$(sed -n 's/^1\.\.//p' "$said" | head -n 1)
    n=$((n + 1))
    # a unit that crashed has run fewer tests than it planned
    [ "$status" -eq 0 ] && [ "${planned:-0}" -gt 0 ] && [ "$planned" -eq "$(grep -cE '^ok [0-9]+ - |^(not )?ok [0-9]+ # SKIP ' "$said")" ] || printf 'not '
    echo "ok $n - $unit: all of ${planned:-none} pass, status $status"
done
echo "1..$n"
