#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: a whole real meeting becomes one MP4 in which every source picture stands on its frame, every tick of every voice lies
# where its stamp says, and players find what they expect.
. "$(dirname "$0")/tap.sh"

for name in S1-two S2-mutes; do
    out=$tmp/$name.mp4
    run rec-compose --session testdata/$name/session.json -o "$out" --size 640x360 --preset ultrafast --json
    exits 0 "$name composes"
    check "$name: it says nothing beside its summary" [ ! -s "$tmp/err" ]
    cp "$tmp/out" "$tmp/$name.json"
    run tests/tools/check_compose.py "$out" testdata/$name --size 640x360
    exits 0 "$name: every frame and every tick"
    sed 's/^/# /' "$tmp/out"
done

# what players look at
out=$tmp/S1-two.mp4
check 'H.264, 4:2:0, BT.709 limited' diff <(printf '%s\n' h264 yuv420p tv bt709 bt709 bt709) \
    <(stream "$out" v codec_name pix_fmt color_range color_space color_transfer color_primaries)
check 'AAC, 48 kHz, stereo' diff <(printf '%s\n' aac 48000 2) <(stream "$out" a codec_name sample_rate channels)
check 'picture and sound start at 0' diff <(printf '0.000000\n0.000000\n') \
    <(stream "$out" v start_time && stream "$out" a start_time)
check 'square pixels' [ "$(stream "$out" v sample_aspect_ratio)" = 1:1 ]
check 'the index stands before the media' python3 -c 'import sys
data = open(sys.argv[1], "rb").read()
sys.exit(not 0 < data.find(b"moov") < data.find(b"mdat"))' "$out"
check 'the folder holds the outputs and nothing else' diff <(printf '%s\n' S1-two.json S1-two.mp4) <(cd "$tmp" && find . -name '*S1*' -printf '%f\n' | sort)

# the summary's account
sum=$tmp/S1-two.json
check 'windows to the frame' json "$sum" '[(w["start_frame"], w["end_frame"], w["tiles"]) for w in o["windows"]] == [
    (0, 1204, ["Aditya"]), (1204, 1625, ["Aditya", "iPhone"]), (1625, 1925, ["Aditya"])]'
check 'frames, size, rate' json "$sum" '(o["frames"], o["width"], o["height"], o["fps"]) == (1925, 640, 360, {"num": 30, "den": 1})'
check 'every input is accounted for' json "$sum" 'len(o["inputs"]) == 4 and o["left_out"] == 0 and all(
    i["used"] and i["used_s"] > 10 and i["damage"]["truncated"] is False for i in o["inputs"])'
check 'every decoded picture stood or was dropped' json "$sum" 'all(
    i["decoded"] == i["drops"] + i["shown_frames"] - i["repeats"] for i in o["inputs"] if i["kind"] == "video")'
check 'each stage has its time' json "$sum" 'all(o["timings"][k] >= 0 for k in (
    "decode_scale_s", "draw_s", "video_encode_s", "sound_s", "audio_encode_s", "total_s"))'
check 'sizes that change are counted' json "$tmp/S2-mutes.json" \
    'all(i["size_changes"] > 1 for i in o["inputs"] if i["kind"] == "video" and i["participant"] in ("Chen Wei", "Dana"))'
done_testing
