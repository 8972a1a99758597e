#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: files that other recorders leave (a rate of 90000, holes, B-frames, H.264 without SPS or frozen) compose by their stamps.
. "$(dirname "$0")/tap.sh"

while read -r file leave options; do
    path=testdata/$file
    name=${file#*/}
    mkdir "$tmp/s"
    cp "$path" "$tmp/s"
    printf '{"participants": [{"name": "A", "join_time_s": 1.5, "leave_time_s": %s, "video_path": "%s"}]}' "$leave" "$name" \
        >"$tmp/s/session.json"
    # shellcheck disable=SC2086 # options, any number of words
    run rec-compose --session "$tmp/s/session.json" -o "$tmp/o.mp4" --size 320x180 --preset ultrafast $options
    exits 0 "$name composes"
    # shellcheck disable=SC2086
    run tests/tools/check_compose.py "$tmp/o.mp4" "$tmp/s" --size 320x180 $options
    exits 0 "$name: every frame"
    check "$name: its pictures were compared" bash -c "[ \$(grep -oE '[0-9]+ codes' '$tmp/out' | cut -d' ' -f1) -gt 80 ]"
    rm -rf "$tmp/s"
done <<'END'
pyav-like/vfr90k-640.mp4 27
pyav-like/vfr90k-bframes.mp4 13
pyav-like/vfr90k-bframes.mp4 13 --hold 0.1 --fps 24
oddities/h264-tap-idr-without-sps.mkv 14
oddities/h264-mp4-frozen-after-resume.mp4 30 --start 5
END
done_testing
