#!/bin/sh
# SPDX-License-Identifier: MIT
# valgrind.sh: some tools on small files under valgrind: no invalid access, no use of what was never set, no leak of ours. The codecs' own
# assembly reads beyond ends on purpose; what these tools use of it does not.
set -eu
cd "$(dirname "$0")/.."
bin=${BUILD:-build}/bin
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

command -v valgrind >/dev/null || { echo 'the smoke test wants valgrind; on Debian: apt install valgrind' >&2 && exit 1; }
check()
{
    echo "valgrind $*"
    tool=$1
    shift
    valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
        "$bin/$tool" "$@" >"$tmp/out" 2>"$tmp/err" || { cat "$tmp/err" >&2 && exit 1; }
}
check rec-probe --json testdata/S1-two/iPhone-audio.webm
check rec-probe testdata/manifests/livekit.json
check rec-pad -o "$tmp/pad.wav" testdata/S1-two/iPhone-audio.webm
check rec-waveform -o "$tmp/peaks.json" "$tmp/pad.wav"
check rec-waveform --points 100 -o "$tmp/wave.svg" testdata/S1-two/iPhone-audio.webm
check rec-mix -o "$tmp/mix.flac" testdata/S1-two/iPhone-audio.webm "$tmp/pad.wav@1.5"
check rec-compose --session testdata/S1-two/session.json --dry-run
