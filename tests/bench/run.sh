#!/bin/sh
# SPDX-License-Identifier: MIT
# make bench: what the tools cost, as ratios taken in one run on one machine. It reports and does not judge: a
# missed target is no failure, since a busy machine misses them too.
#   ROUNDS=3            rounds of each comparison
#   SESSIONS=S1-two     some of S1-two,S2-mutes,six-people
#   SECONDS_EACH=10     the beginning of each session only, for a quick look
#   MIX_MINUTES=60      length of the tracks that are mixed
#   LONG=1              also the memory of ten minutes against that of an hour (half an hour of work)
#   MINUTES=2,12        other lengths
set -eu
here=$(dirname "$0")
bin=${BUILD:-build}/bin
for need in ffmpeg python3; do
    command -v "$need" >/dev/null || { echo "make bench needs $need" >&2; exit 1; }
done
python3 "$here/compose_bench.py" --bin "$bin" --rounds "${ROUNDS:-3}" \
    --sessions "${SESSIONS:-S1-two,S2-mutes,six-people}" --duration "${SECONDS_EACH:-0}"
python3 "$here/waveform_bench.py" --bin "$bin" --rounds "${ROUNDS:-3}"
python3 "$here/picture_bench.py" --bin "$bin" --rounds "${ROUNDS:-3}"
python3 "$here/mix_bench.py" --bin "$bin" --rounds "${ROUNDS:-3}" --minutes "${MIX_MINUTES:-60}"
python3 "$here/net_bench.py" --bin "$bin" --rounds "${ROUNDS:-3}"
if [ "${LONG:-}" ]; then
    python3 "$here/memory_bench.py" --bin "$bin" --minutes "${MINUTES:-10,60}"
fi
