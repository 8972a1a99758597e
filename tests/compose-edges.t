#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: what a second pair of eyes found once stays found: tracks on the session's clock, sound past a leave, empty hands.
. "$(dirname "$0")/tap.sh"

small="--size 64x64 --preset ultrafast --fps 10"
cp testdata/S1-two/Aditya-video.webm "$tmp/v.webm"
cp testdata/S1-two/Aditya-audio.webm "$tmp/a.webm"
ffmpeg -nostdin -v error -i "$tmp/v.webm" -t 3 -c copy "$tmp/s1.mkv"
ffmpeg -nostdin -v error -i "$tmp/v.webm" -t 6 -c copy -output_ts_offset 3 "$tmp/s2.mkv"

# used MEMBER...: used_s of every input of the summary in $tmp/out
used()
{
    python3 -c 'import json, sys; print(*[i.get("used_s", 0) for i in json.load(open(sys.argv[1]))["inputs"]])' "$tmp/out"
}

for source in camera screen; do
    for order in "s1 s2" "s2 s1"; do
        read -r one two <<<"$order"
        printf '{"participants": [{"name": "A", "join_time_s": 0, "leave_time_s": 9, "tracks": [
            {"kind": "video", "source": "%s", "path": "%s.mkv", "origin": "session"},
            {"kind": "video", "source": "%s", "path": "%s.mkv", "origin": "session"}]}]}' \
            $source "$one" $source "$two" >"$tmp/two.json"
        # shellcheck disable=SC2086
        run rec-compose --session "$tmp/two.json" -o "$tmp/o.mp4" --json $small
        exits 0 "two $source tracks on the session's clock, $order"
        check "each stands where its stamps say ($source, $order)" \
            [ "$(used | tr ' ' '\n' | sort | tr '\n' ' ')" = "3 6 " ]
    done
done

head -c 120000 "$tmp/a.webm" >"$tmp/cut.webm"
run rec-compose --p1-audio "$tmp/cut.webm" --p1-leave 3 --strict -o "$tmp/o.wav"
exits 0 "a tail missing past the leave is nobody's loss"
run rec-compose --p1-audio "$tmp/cut.webm" --p1-leave 60 --strict -o "$tmp/o.wav"
exits 3 "a tail missing before it is"

for colour in random bikeshed 'red@0.5'; do
    # shellcheck disable=SC2086
    run rec-compose --p1-video "$tmp/v.webm" --p1-leave 1 -o "$tmp/c.mp4" --background "$colour" $small
    exits 2 "a background that is no colour: $colour"
done

run bash -c "ulimit -n 5; exec rec-compose --p1-video '$tmp/v.webm' --p1-leave 1 -o '$tmp/n.mp4'"
exits 1 "no descriptor left is the machine's fault"
check "nothing appeared" [ ! -e "$tmp/n.mp4" ]

ffmpeg -nostdin -v error -f lavfi -i testsrc=s=64x64:d=1 -c:v mpeg4 "$tmp/whole.mp4"
head -c 9000 "$tmp/whole.mp4" >"$tmp/killed.mp4"
run rec-compose --p1-video "$tmp/killed.mp4" --p1-leave 1 -o "$tmp/o.mp4"
exits 3 "an MP4 whose recorder was killed"
check "the cause is named" one_line "killed.mp4': its index (moov) is missing or damaged" "did not finish"

: >"$tmp/empty.webm"
for tool in "rec-normalize -o $tmp/l.mp4" "rec-pad -o $tmp/l.wav" "rec-waveform -o $tmp/l.json" "rec-probe --verify"; do
    # shellcheck disable=SC2086
    run $tool "$tmp/empty.webm"
    exits 3 "${tool%% *}: its one input is empty"
    check "${tool%% *}: that is said, and no remedy that leaves nothing" \
        bash -c "grep -q 'empty.webm.: the file is empty\$' '$tmp/err'"
done

run rec-compose --p1-video "$tmp/v.webm" --p1-leave 1 -o "$tmp/o.mp4" --format xyz
exits 2 "a format nobody knows"
check "is named" one_line "'xyz'"
done_testing
