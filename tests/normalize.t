#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: whatever a recorder left, rec-normalize shows the right picture on every frame of a constant rate, from 0 on, with the sound in its place.
. "$(dirname "$0")/tap.sh"
fast=(--preset ultrafast)
bot=testdata/pyav-like
mutes=testdata/S2-mutes

# packets FILE: constant FILE is of one packet duration, begins at 0, and its dts ascend
constant()
{
    ffprobe -v error -select_streams v -show_entries packet=pts,dts,duration -of csv=p=0 "$1" | python3 -c 'import sys
rows = [list(map(int, line.strip().split(",")[:3])) for line in sys.stdin]
assert rows and min(r[0] for r in rows) == 0, "it does not begin at 0"
assert len({r[2] for r in rows}) == 1, "durations differ"
assert all(a[1] < b[1] for a, b in zip(rows, rows[1:])), "dts do not ascend"'
}

# made ARGS...: ffmpeg makes a source
made()
{
    ffmpeg -nostdin -v error -y "$@"
}

# a bot's MP4 and its folder of pictures, and recordings whose sizes change and whose stamps repeat
for name in vfr90k-640.mp4 vfr90k-bframes.mp4 png-frames; do
    run rec-normalize $bot/$name -o "$tmp/o.mp4" "${fast[@]}"
    exits 0 "$name"
    check "$name: one packet duration, from 0" constant "$tmp/o.mp4"
    run tests/tools/check_pictures.py "$tmp/o.mp4" "$bot/truth.json#$name"
    exits 0 "$name: every picture within half a frame"
done
run tests/tools/check_pictures.py "$tmp/o.mp4" "$bot/truth.json#vfr90k-640.mp4"
exits 1 'the check itself sees a wrong picture'
for name in Chen-video.webm Bea-video.webm Carl-video.mp4; do
    run rec-normalize $mutes/$name -o "$tmp/o.mp4" "${fast[@]}" --json
    exits 0 "$name"
    check "$name: one packet duration, from 0" constant "$tmp/o.mp4"
    [ $name != Chen-video.webm ] || check "$name: the largest size, which the header does not know" \
        json "$tmp/out" '(o["width"], o["height"], o["size_from"]) == (960, 540, "bitstream") and o["picture"]["size_changes"] > 2'
    run tests/tools/check_pictures.py "$tmp/o.mp4" $mutes/$name
    exits 0 "$name: every frame"
done
run rec-normalize $bot/vfr90k-640.mp4 -o "$tmp/o.mov" "${fast[@]}" --fps 30000/1001 --size 320x240
check 'MOV at 30000/1001: one packet duration, from 0' constant "$tmp/o.mov"
check '--fps and --size' [ "$(stream "$tmp/o.mov" v r_frame_rate width height | xargs)" = '30000/1001 320 240' ]

# pictures that are not easy
made -f lavfi -i testsrc2=s=320x180:r=31:d=3 -f lavfi -i sine=440:d=5:r=44100 -pix_fmt yuv420p "$tmp/31.mp4"
run rec-normalize "$tmp/31.mp4" -o "$tmp/o.mp4" "${fast[@]}"
check '31 fps: 90 frames' [ "$(stream "$tmp/o.mp4" v nb_frames)" = 90 ]
check '31 fps: one packet duration, from 0' constant "$tmp/o.mp4"
made -f lavfi -i testsrc2=s=320x180:r=60:d=2 -pix_fmt yuv420p "$tmp/60.mp4"
for case in '--max-fps 60=60' '--max-fps 50=50' '--max-fps 30=30' '=30'; do
    # shellcheck disable=SC2086 # options, none or two words
    run rec-normalize "$tmp/60.mp4" -o "$tmp/o.mp4" "${fast[@]}" ${case%=*} --json
    check "60 fps with '${case%=*}' becomes ${case#*=}" json "$tmp/out" "o['fps'] == {'num': ${case#*=}, 'den': 1}"
done
made -f lavfi -i testsrc2=s=320x180:r=30:d=0.03 -pix_fmt yuv420p "$tmp/one.mp4"
run rec-normalize "$tmp/one.mp4" -o "$tmp/o.mp4" "${fast[@]}"
check 'one picture: one frame' [ "$(stream "$tmp/o.mp4" v nb_frames)" = 1 ]
mkdir "$tmp/two" "$tmp/odd" "$tmp/holes"
made -f lavfi -i testsrc2=s=64x48:r=1:d=1 -frames:v 1 "$tmp/a.png"
made -i "$tmp/a.png" -vf format=rgb24,drawbox=c=red:t=fill,pad=65:49:0:0:red "$tmp/b.png"
cp "$tmp/a.png" "$tmp/two/7.png" && cp "$tmp/b.png" "$tmp/two/000000033340.PNG" && cp "$tmp/a.png" "$tmp/two/33340.png"
run rec-normalize "$tmp/two" -o "$tmp/o.mp4" "${fast[@]}" --json
check 'two stamps, one of them twice, two sizes' json "$tmp/out" '(o["frames"], o["width"], o["height"], o["picture"]["drops"]) == (2, 66, 50, 1)'
cp "$tmp/b.png" "$tmp/odd/1.png"
run rec-normalize "$tmp/odd" -o "$tmp/o.mkv" --crf 1
check 'an odd size is padded, not scaled: red to the last column' test "$(made -i "$tmp/o.mkv" -vf crop=2:2:64:48,format=rgb24 -f rawvideo - |
    od -An -tu1 -N3 | awk '{ print ($1 > 245 && $2 < 10 && $3 < 10) }')" = 1
cp "$tmp/a.png" "$tmp/holes/0.png" && cp "$tmp/b.png" "$tmp/holes/600000000.png"
run /usr/bin/time -f %M rec-normalize "$tmp/holes" -o "$tmp/o.mp4" "${fast[@]}"
check 'a hole of ten minutes: every frame of it' [ "$(stream "$tmp/o.mp4" v nb_frames)" -ge 18000 ]
if ! command -v /usr/bin/time >/dev/null || nm -D "$BUILD/bin/rec-normalize" | grep -qE '__(asan|tsan)_'; then
    echo '# a hole of ten minutes: memory is not measured, there is no time(1), or a sanitizer that takes its own'
else
    check 'a hole of ten minutes: no memory' [ "$(tail -n 1 "$tmp/err")" -lt 120000 ]
fi
: >"$tmp/odd/2.png" && ln -s "$tmp/a.png" "$tmp/odd/3.png"
run rec-normalize "$tmp/odd" -o "$tmp/o.mp4" "${fast[@]}" --json
check 'an empty picture and a link are damage, counted' json "$tmp/out" 'o["picture"]["damage"]["corrupt_packets"] == 2'
cp "$tmp/b.png" "$tmp/odd/4.jpg"
run rec-normalize "$tmp/odd" -o "$tmp/no.mp4"
exits 3 'PNG and JPEG in one folder'
made -i "$tmp/60.mp4" -c copy -metadata:s:v rotate=90 "$tmp/turned.mp4"
run rec-normalize "$tmp/turned.mp4" -o "$tmp/o.mp4" "${fast[@]}"
check 'rotation is applied' [ "$(stream "$tmp/o.mp4" v width height | xargs)" = '180 320' ]
made -i "$tmp/60.mp4" -vf setsar=4/3 "$tmp/wide.mp4"
run rec-normalize "$tmp/wide.mp4" -o "$tmp/o.mp4" "${fast[@]}"
check 'pixels are made square' [ "$(stream "$tmp/o.mp4" v width height sample_aspect_ratio | xargs)" = '428 180 1:1' ]

# sound keeps its place; --keep-offset keeps the zero
made -f lavfi -i testsrc2=s=160x90:r=30:d=2 -f lavfi -i "aevalsrc='0.5*sin(2*PI*1000*t)*gte(t,1)':d=2:s=48000" -c:v libx264 -c:a pcm_s16le \
    -pix_fmt yuv420p -output_ts_offset 1.5 "$tmp/late.mkv"
# onset FILE: the sample at which the tone begins
onset()
{
    made -i "$1" -map 0:a -f s16le -ac 1 - | python3 -c 'import array, sys
samples = array.array("h", sys.stdin.buffer.read())
print(next(i for i, s in enumerate(samples) if abs(s) > 1000))'
}
run rec-normalize "$tmp/late.mkv" -o "$tmp/o.mov" "${fast[@]}"
check 'the sound begins where it did, to the ms' [ $(($(onset "$tmp/o.mov") / 48)) = 1000 ]
run rec-normalize "$tmp/late.mkv" -o "$tmp/k.mov" "${fast[@]}" --keep-offset
check '--keep-offset: the sound is as much later' [ $(($(onset "$tmp/k.mov") / 48)) = 2500 ]
check '--keep-offset: so is the picture' [ "$(stream "$tmp/k.mov" v nb_frames)" = 105 ]
check '--keep-offset: from 0' constant "$tmp/k.mov"
run rec-normalize "$tmp/late.mkv" -o "$tmp/k.mov" "${fast[@]}" --no-audio
check '--no-audio' [ -z "$(stream "$tmp/k.mov" a codec_name)" ]

# pipes and containers
what='cat | rec-normalize - -o - | cat'
rec-normalize - -o - --format mp4 "${fast[@]}" <"$tmp/31.mp4" | cat >"$tmp/pipe.mp4"
check 'from a pipe to a pipe' [ "$(made -i "$tmp/pipe.mp4" -map 0:v -fps_mode passthrough -f framemd5 - | grep -vc '^#')" = 90 ]
for pair in mkv:h264 webm:vp9; do
    run rec-normalize "$tmp/one.mp4" -o "$tmp/o.${pair%:*}" "${fast[@]}"
    check "${pair%:*} holds ${pair#*:}" [ "$(stream "$tmp/o.${pair%:*}" v codec_name)" = "${pair#*:}" ]
done
run rec-normalize "$tmp/31.mp4" -o "$tmp/a.mp4" && run rec-normalize "$tmp/31.mp4" -o "$tmp/b.mp4"
check 'the same bytes again' cmp "$tmp/a.mp4" "$tmp/b.mp4"

# damage, and what cannot be used
run rec-normalize testdata/oddities/h264-mp4-frozen-after-resume.mp4 -o "$tmp/o.mp4" "${fast[@]}" --json
check 'H.264 that freezes: what could not be decoded is counted' json "$tmp/out" 'o["picture"]["damage"]["concealed"] > 100 and len(o["warnings"]) == 1'
check 'H.264 that freezes: one packet duration, from 0' constant "$tmp/o.mp4"
head -c 200000 $mutes/Bea-video.webm >"$tmp/cut.webm"
run rec-normalize "$tmp/cut.webm" -o "$tmp/o.mp4" "${fast[@]}"
exits 0 'a missing tail: used as far as it goes'
check 'a missing tail: said in one line' one_line 'is cut off' "$tmp/cut.webm"
run rec-normalize "$tmp/cut.webm" -o "$tmp/no.mp4" "${fast[@]}" --strict
exits 3 'a missing tail with --strict'
: >"$tmp/empty.mp4"
for input in testdata/oddities/header-only.webm testdata/oddities/head-missing.webm testdata/oddities/header-plus-cluster-start.webm \
    "$tmp/empty.mp4" "$tmp/nosuch.mp4" $mutes/Chen-audio.webm tests/tap.sh "$tmp"; do
    run rec-normalize "$input" -o "$tmp/no.mp4"
    exits 3 "$(basename "$input") is refused"
    check "$(basename "$input"): one line with its name" one_line "$input"
done
for bad in "$tmp/31.mp4 -o $tmp/31.mp4" "$tmp/31.mp4" "$tmp/31.mp4 -o $tmp/no.m4a" "$tmp/31.mp4 -o $tmp/no.mp4 --size 321x240" \
    "$tmp/31.mp4 -o $tmp/no.webm --codec libx264" "$tmp/31.mp4 -o $tmp/no.mp4 --codec nosuch" "$tmp/31.mp4 -o -"; do
    # shellcheck disable=SC2086 # a command line
    run rec-normalize $bad
    exits 2 "usage: ${bad//"$tmp/"/}"
done
run rec-normalize "$tmp/31.mp4" -n -o "$tmp/a.mp4"
exits 1 '-n and an existing output'
check 'nothing was left of what failed' [ ! -e "$tmp/no.mp4" ]
done_testing
