#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: joined segments are one recording: the packets that could be copied are the same bytes, every picture and sample stands where it should, and nothing is lost unsaid.
. "$(dirname "$0")/tap.sh"
unset RECORDING_MAX_LENGTH
fast=(--preset ultrafast)
mutes=testdata/S2-mutes

made()
{
    ffmpeg -nostdin -v error -y "$@"
}

# segment NAME RATE SIZE SECONDS HZ OPTION...: H.264 and a tone, lossless: it begins at a zero of its phase
segment()
{
    local name=$1 rate=$2 size=$3 seconds=$4 hz=$5
    shift 5
    made -f lavfi -i "testsrc2=s=$size:r=$rate:d=$seconds" -f lavfi -i "aevalsrc='0.4*sin(2*PI*$hz*t)':d=$seconds:s=48000" \
        -c:v libx264 -pix_fmt yuv420p -c:a flac "$@" "$tmp/$name"
}

# hashes FILE...: of every picture packet
hashes()
{
    local file
    for file in "$@"; do
        ffprobe -v error -select_streams v -show_data_hash md5 -show_entries packet=data_hash -of csv=p=0 "$file"
    done
}

# decoded FILE...: hashes of every decoded picture
decoded()
{
    local file
    for file in "$@"; do
        made -i "$file" -map 0:v -fps_mode passthrough -f framemd5 - | awk -F, '!/^#/ { print $6 }'
    done
}

# stamps FILE [EXPRESSION]: from 0, dts ascend, pts are unique and >= dts; EXPRESSION over the rows r: [pts, dts, duration]
stamps()
{
    ffprobe -v error -select_streams v -show_entries packet=pts,dts,duration -of csv=p=0 "$1" | python3 -c 'import sys
r = [[int(v) if v.lstrip("-").isdigit() else 0 for v in line.strip().split(",")[:3]] for line in sys.stdin]
assert r and min(x[0] for x in r) == 0, "it does not begin at 0"
assert all(a[1] < b[1] for a, b in zip(r, r[1:])), "dts do not ascend"
assert all(x[0] >= x[1] for x in r), "pts before dts"
assert len({x[0] for x in r}) == len(r), "a stamp stands twice"
assert eval(sys.argv[1]), sys.argv[1]' "${2:-True}"
}

# samples FILE SECONDS: the sound lasts that long, to the sample
samples()
{
    [ "$(made -i "$1" -map 0:a -f s16le -ac 1 - | wc -c)" = "$(python3 -c "print(round($2 * 48000) * 2)")" ]
}

# copied packets
segment a.mkv 30 320x180 4 440 -g 60
segment b.mkv 30 320x180 4 880 -g 60
segment c.mkv 30 320x180 3 440 -tune zerolatency
run rec-concat "$tmp/a.mkv" "$tmp/b.mkv" "$tmp/a.mkv" -o "$tmp/o.mp4" --json --chapters
exits 0 'three segments of the same parameters'
check 'all of them are copied' json "$tmp/out" 'o["copied_pictures"] == 360 and o["encoded_pictures"] == 0 and o["duration_s"] == 12'
check 'the packets are the same bytes' cmp <(hashes "$tmp/a.mkv" "$tmp/b.mkv" "$tmp/a.mkv") <(hashes "$tmp/o.mp4")
check 'no gap and no overlap: one packet duration' stamps "$tmp/o.mp4" 'len({x[2] for x in r}) == 1'
check 'chapters mark the joints' [ "$(ffprobe -v error -show_entries chapter=start_time:chapter_tags=title -of csv=p=0 "$tmp/o.mp4" | xargs)" = \
    '0.000000,a.mkv 4.000000,b.mkv 8.000000,a.mkv' ]
run rec-concat "$tmp/a.mkv" "$tmp/c.mkv" "$tmp/b.mkv" -o "$tmp/o.mp4" --json
check 'other parameter sets: still copied' json "$tmp/out" 'o["copied_pictures"] == 330 and o["encoded_pictures"] == 0'
check 'other parameter sets: every picture decodes to the same' cmp <(decoded "$tmp/a.mkv" "$tmp/c.mkv" "$tmp/b.mkv") <(decoded "$tmp/o.mp4")
check 'with and without B-frames: stamps' stamps "$tmp/o.mp4" 'len({x[2] for x in r}) == 1'
run rec-concat $mutes/Chen-video.webm $mutes/Chen-video.webm -o "$tmp/o.webm" --json
check 'VP8 whose sizes change is copied' json "$tmp/out" 'o["copied_pictures"] == 1246'
check 'VP8: the same bytes, twice' cmp <(hashes $mutes/Chen-video.webm $mutes/Chen-video.webm) <(hashes "$tmp/o.webm")
check 'VP8: pictures at one stamp are moved apart' stamps "$tmp/o.webm"
run rec-concat testdata/pyav-like/vfr90k-bframes.mp4 testdata/pyav-like/vfr90k-bframes.mp4 -o "$tmp/o.mp4"
check 'B-frames at irregular stamps' stamps "$tmp/o.mp4" 'len(r) == 400'

# what differs is encoded
segment small.mkv 25 240x136 3 440
run rec-concat "$tmp/a.mkv" "$tmp/small.mkv" "$tmp/c.mkv" -o "$tmp/o.mp4" "${fast[@]}" --json
check 'another size and rate: it alone is encoded' json "$tmp/out" \
    'o["copied_pictures"] == 210 and o["encoded_pictures"] == 90 and [s["copied"] for s in o["segments"]] == [True, False, True]'
decoded "$tmp/o.mp4" >"$tmp/all"
check 'the others decode to the same' cmp <(decoded "$tmp/a.mkv" "$tmp/c.mkv") <(sed 121,210d "$tmp/all")
check 'on the first one'"'"'s grid' stamps "$tmp/o.mp4" 'len({x[2] for x in r}) == 1 and len(r) == 300'
run rec-concat "$tmp/a.mkv" "$tmp/c.mkv" -o "$tmp/o.mp4" "${fast[@]}" --size 160x90 --fps 15 --json
check '--size and --fps: all is encoded' json "$tmp/out" 'o["copied_pictures"] == 0 and o["encoded_pictures"] == 105'
check '--size' [ "$(stream "$tmp/o.mp4" v width height | xargs)" = '160 90' ]
made -i "$tmp/c.mkv" -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -an "$tmp/vp8.webm"
run rec-concat "$tmp/vp8.webm" "$tmp/vp8.webm" -o "$tmp/o.mp4" "${fast[@]}"
check 'a codec that MP4 cannot hold is encoded' [ "$(stream "$tmp/o.mp4" v codec_name nb_frames | xargs)" = 'h264 180' ]

# --max-length
for case in 2:60:0 3.1:60:33 5:150:0 6.5:180:15; do
    IFS=: read -r length copied encoded <<<"$case"
    run rec-concat "$tmp/a.mkv" "$tmp/b.mkv" -o "$tmp/o.mkv" --max-length "${length}s" --json
    check "--max-length $length: $copied copied, the GOP that is cut through encoded" json "$tmp/out" \
        "(o['copied_pictures'], o['encoded_pictures'], o['duration_s']) in [($copied, $encoded, $length), ($copied + $encoded, 0, $length)]"
    run rec-concat "$tmp/a.mkv" "$tmp/b.mkv" -o "$tmp/o.mov" --max-length "$length" --format mov
    check "--max-length $length: stamps" stamps "$tmp/o.mov" "len({x[2] for x in r}) == 1 and len(r) == round($length * 30)"
    check "--max-length $length: the sound ends there" [ "$(stream "$tmp/o.mov" a duration)" = "$(printf %.6f "$length")" ]
done
made -i "$tmp/o.mov" -i "$tmp/b.mkv" -filter_complex '[0:v]trim=start_frame=180,setpts=N/30/TB[a];[1:v]trim=start_frame=60:end_frame=75,setpts=N/30/TB[b];
    [a][b]ssim=stats_file='"$tmp/ssim" -f null -
check 'the pictures of the cut GOP are the right ones' python3 -c 'import re, sys
values = re.findall(r"All:([\d.]+)", open(sys.argv[1], encoding="ascii").read())
assert len(values) == 15 and min(map(float, values)) > 0.97, values' "$tmp/ssim"
made -f lavfi -i testsrc2=s=320x180:r=30:d=2 -c:v libx264 -pix_fmt yuv420p -x264-params open-gop=1:keyint=15:bframes=3:b-adapt=0 "$tmp/open.mp4"
for length in 0.8 1.2 1.5 1.75; do
    run rec-concat "$tmp/open.mp4" -o "$tmp/o.mp4" --max-length $length "${fast[@]}" --json
    check "open GOPs, --max-length $length: no picture is missing" stamps "$tmp/o.mp4" "len(r) == -(-round($length * 60) // 2) and len({x[2] for x in r[:-1]}) == 1"
    check "open GOPs, --max-length $length: what comes before is copied" json "$tmp/out" 'o["copied_pictures"] >= 11'
done
made -i "$tmp/o.mp4" -i "$tmp/open.mp4" -filter_complex "[0:v]setpts=N/30/TB[a];[1:v]trim=end_frame=53,setpts=N/30/TB[b];[a][b]ssim=stats_file=$tmp/ssim" -f null -
check 'open GOPs: the pictures are the right ones' python3 -c 'import re, sys
values = re.findall(r"All:([\d.]+)", open(sys.argv[1], encoding="ascii").read())
assert len(values) == 53 and min(map(float, values)) > 0.97, values' "$tmp/ssim"
RECORDING_MAX_LENGTH=1.5 run rec-concat "$tmp/a.mkv" -o "$tmp/o.mp4" --json
check 'RECORDING_MAX_LENGTH' json "$tmp/out" 'o["duration_s"] == 1.5'
RECORDING_MAX_LENGTH=1.5 run rec-concat "$tmp/a.mkv" -o "$tmp/o.mp4" --json --max-length 2
check '--max-length beats it' json "$tmp/out" 'o["duration_s"] == 2'
RECORDING_MAX_LENGTH=soon run rec-concat "$tmp/a.mkv" -o "$tmp/no.mp4"
exits 2 'RECORDING_MAX_LENGTH that is no length'

# --drop-still
made -f lavfi -i testsrc2=s=320x180:r=30:d=2,tpad=stop_mode=clone:stop_duration=5 -f lavfi -i testsrc2=s=320x180:r=30:d=2 \
    -f lavfi -i 'aevalsrc=0.4*sin(2*PI*440*t)*lt(mod(t-2\,7)\,7):d=9:s=48000' -filter_complex '[0:v][1:v]concat=n=2:v=1:a=0[v]' \
    -map '[v]' -map 2 -c:v libx264 -bf 0 -sc_threshold 0 -pix_fmt yuv420p -c:a flac "$tmp/paused.mkv"
run rec-concat "$tmp/paused.mkv" -o "$tmp/o.mkv" --drop-still 2 --json
check '--drop-still: a picture that stands for 5 s is cut to one frame' json "$tmp/out" 'o["duration_s"] == 4 and o["segments"][0]["still_s"] == 5'
check '--drop-still: what comes before is copied, up to the next key picture after it encoded' json "$tmp/out" \
    'o["copied_pictures"] == 80 and o["encoded_pictures"] == 40'
run rec-concat "$tmp/paused.mkv" -o "$tmp/o.wav" --drop-still 2
check '--drop-still: its sound goes with it' samples "$tmp/o.wav" 4
run rec-concat "$tmp/paused.mkv" -o "$tmp/o.mkv" --drop-still 6 --json
check '--drop-still: a shorter one stays' json "$tmp/out" 'o["duration_s"] == 9 and o["encoded_pictures"] == 0'

# sound: a hundred pieces of one tone
segment whole.mkv 30 64x64 1 440 -preset ultrafast
yes "file 'whole.mkv'" | head -n 100 >"$tmp/list.txt"
run rec-concat --list "$tmp/list.txt" -o "$tmp/tone.mov" --json
check 'a hundred segments from a list' json "$tmp/out" 'o["duration_s"] == 100 and o["copied_pictures"] == 3000 and o["softened_joints"] == 0'
run rec-concat --list "$tmp/list.txt" -o "$tmp/tone.wav"
check 'their sound alone: 100 s, to the sample' samples "$tmp/tone.wav" 100
cat >"$tmp/tone.py" <<'EOF'
import array, math, sys
samples = array.array("h", sys.stdin.buffer.read())
for k in range(0, 100, 3):
    worst = max(abs(samples[i] / 32768 - 0.4 * math.sin(2 * math.pi * 440 * i / 48000)) for i in range(k * 48000, k * 48000 + 500))
    assert worst < 0.001, f"{k} s: {worst}"
EOF
check 'the tone goes on through every joint: no drift, no click, no fade' python3 "$tmp/tone.py" < <(made -i "$tmp/tone.wav" -f s16le -)
made -f lavfi -i testsrc2=s=64x64:r=30:d=1 -f lavfi -i "aevalsrc='0.4*cos(2*PI*440*t)':d=1.003:s=48000" -pix_fmt yuv420p -c:a flac "$tmp/click.mkv"
segment half.mkv 30 64x64 1.0 441.5
run rec-concat "$tmp/half.mkv" "$tmp/click.mkv" "$tmp/half.mkv" -o "$tmp/click.wav" --json
check 'where the wave does not go on it is faded' json "$tmp/out" 'o["softened_joints"] == 2'
check 'no step that a click would be' python3 -c 'import array, sys
s = array.array("h", sys.stdin.buffer.read())
assert len(s) == 144000 and max(abs(a - b) for a, b in zip(s, s[1:])) < 1000' < <(made -i "$tmp/click.wav" -f s16le -)
made -i "$tmp/a.mkv" -c copy -an "$tmp/mute.mkv"
run rec-concat "$tmp/mute.mkv" "$tmp/b.mkv" -o "$tmp/o.wav"
check 'a segment without sound is silent' samples "$tmp/o.wav" 8

# sound without loss is kept: noise, whose every bit shows
# pcm FILE FORMAT: its samples
pcm()
{
    made -i "$1" -map 0:a -f "$2" -c:a "pcm_$2" -
}
# noise NAME FORMAT OPTION...: two seconds, fading in and out, so that no joint needs softening
noise()
{
    local name=$1 format=$2
    shift 2
    made -f lavfi -i testsrc2=s=64x64:r=30:d=2 -f lavfi -i 'anoisesrc=d=2:r=44100:a=0.5:seed=7,afade=d=0.1,afade=t=out:st=1.9:d=0.1' \
        -ac 2 -pix_fmt yuv420p -c:v libx264 -preset ultrafast -sample_fmt "$format" "$@" "$tmp/$name"
}
noise flac24.mkv s32 -c:a flac -bits_per_raw_sample 24
noise pcm16.mkv s16 -c:a pcm_s16le
noise pcm24.mov s32 -c:a pcm_s24le
for case in flac24.mkv:mkv:flac:s24le flac24.mkv:flac:flac:s24le flac24.mkv:wav:pcm_s24le:s24le pcm16.mkv:mkv:pcm_s16le:s16le \
    pcm24.mov:mov:pcm_s24le:s24le pcm16.mkv:wav:pcm_s16le:s16le; do
    IFS=: read -r name ending codec format <<<"$case"
    run rec-concat "$tmp/$name" "$tmp/$name" -o "$tmp/kept.$ending" --json
    check "$name into $ending: the same codec, rate and bits" [ "$(stream "$tmp/kept.$ending" a codec_name sample_rate | xargs)" = "$codec 44100" ]
    check "$name into $ending: every sample is the same" cmp <(pcm "$tmp/$name" "$format" && pcm "$tmp/$name" "$format") <(pcm "$tmp/kept.$ending" "$format")
    check "$name into $ending: the summary says so" json "$tmp/out" 'o["sound_copied"] and o["softened_joints"] == 0'
done
for option in '--audio-rate 48000' '--audio-bitrate 96k'; do
    # shellcheck disable=SC2086 # an option and its value
    run rec-concat "$tmp/pcm16.mkv" "$tmp/pcm16.mkv" -o "$tmp/o.mkv" $option --json
    check "$option: it is encoded" json "$tmp/out" 'not o["sound_copied"] and o["audio_codec"] == "aac"'
done
run rec-concat "$tmp/pcm16.mkv" "$tmp/a.mkv" -o "$tmp/o.mkv" "${fast[@]}" --json
check 'another rate or number of channels: it is encoded' json "$tmp/out" 'not o["sound_copied"] and o["audio_codec"] == "aac"'
run rec-concat "$tmp/flac24.mkv" "$tmp/pcm16.mkv" -o "$tmp/o.mp4" --json
check 'MP4 gets what plays everywhere' json "$tmp/out" 'not o["sound_copied"] and o["audio_codec"] == "aac"'

# pipes, bad segments, usage
what='cat | rec-concat a.mkv - -o - | cat'
rec-concat "$tmp/a.mkv" - -o - --format mp4 <"$tmp/b.mkv" | cat >"$tmp/pipe.mp4"
rec-concat "$tmp/a.mkv" "$tmp/b.mkv" --chapters --format mp4 -o - | cat >"$tmp/chapters.mp4"
check 'chapters into a pipe are in the index, with no track of their own' [ "$(ffprobe -v error -show_entries \
    stream=codec_type:chapter=start_time,end_time:chapter_tags=title -of csv=p=0 "$tmp/chapters.mp4" | xargs)" = \
    'video audio 0.000000,4.000000,a.mkv 4.000000,8.000000,b.mkv' ]
check 'from a pipe to a pipe' cmp <(decoded "$tmp/a.mkv" "$tmp/b.mkv") <(decoded "$tmp/pipe.mp4")
: >"$tmp/empty.mp4"
for bad in testdata/oddities/header-only.webm "$tmp/empty.mp4" "$tmp/nosuch.mkv" tests/tap.sh; do
    run rec-concat "$tmp/a.mkv" "$bad" "$tmp/b.mkv" -o "$tmp/no.mp4"
    exits 3 "$(basename "$bad") is refused"
    check "$(basename "$bad"): its name and its place" grep -q 'segment 2 of 3' "$tmp/err"
done
made -f lavfi -i sine=d=1 "$tmp/voice.m4a"
run rec-concat "$tmp/a.mkv" "$tmp/voice.m4a" "$tmp/a.mkv" -o "$tmp/o.mkv" --skip-bad --json
exits 5 '--skip-bad: sound alone among pictures'
check '--skip-bad: the pictures are joined' json "$tmp/out" 'o["duration_s"] == 8 and [s["left_out"] for s in o["segments"]] == [False, True, False]'
run rec-concat "$tmp/voice.m4a" -o "$tmp/no.mkv" --skip-bad
exits 3 '--skip-bad: sound alone, and no picture at all'
run rec-concat --skip-bad "$tmp/a.mkv" testdata/oddities/header-only.webm "$tmp/b.mkv" -o "$tmp/o.mp4" --json
exits 5 '--skip-bad'
check '--skip-bad: the rest is joined, the summary names what is not' json "$tmp/out" \
    'o["duration_s"] == 8 and o["left_out"] == 1 and o["segments"][1]["left_out"] and not o["segments"][1]["used"]'
head -c 200000 $mutes/Bea-video.webm >"$tmp/cut.webm"
run rec-concat "$tmp/cut.webm" $mutes/Bea-video.webm -o "$tmp/o.webm"
exits 0 'a segment without its tail is used as far as it goes'
check 'and named with its place' one_line 'segment 1 of 2' "$tmp/cut.webm" 'cut off'
run rec-concat --strict "$tmp/cut.webm" $mutes/Bea-video.webm -o "$tmp/no.webm"
exits 3 '--strict'
head -c 150000 testdata/S1-two/Aditya-audio.webm >"$tmp/cut-sound.webm"
run rec-concat --json "$tmp/cut-sound.webm" testdata/S1-two/Aditya-audio.webm -o "$tmp/cut.wav"
exits 0 'sound without its tail is used'
check 'and named with its place' one_line 'segment 1 of 2' "$tmp/cut-sound.webm" 'cut off'
check 'and counted' json "$tmp/out" 'o["segments"][0]["truncated"] and not o["segments"][1]["truncated"]'
run rec-concat --strict "$tmp/cut-sound.webm" testdata/S1-two/Aditya-audio.webm -o "$tmp/no.wav"
exits 3 '--strict: of sound, too'
# what QuickTime cannot hold is encoded
run rec-concat $mutes/Bea-video.webm --max-length 1 "${fast[@]}" -o "$tmp/o.mov"
exits 0 'VP8 into .mov'
check 'VP8 into .mov: H.264' [ "$(stream "$tmp/o.mov" v codec_name)" = h264 ]
# what an editor cut off in front is in the file still, for the sake of the pictures after it; an edit list hides it
made -ss 1.2 -i "$tmp/a.mkv" -c:v copy -c:a aac "$tmp/trimmed.mp4"
run rec-concat "$tmp/trimmed.mp4" "$tmp/a.mkv" "${fast[@]}" -o "$tmp/o.mp4" --json
check 'what an edit list hides is not joined' json "$tmp/out" '[round(s["used_s"], 3) for s in o["segments"]] == [2.8, 4] and round(o["duration_s"], 2) == 6.8'
check 'pictures behind it are copied' json "$tmp/out" 'o["copied_pictures"] == 180 and o["encoded_pictures"] == 24'
check 'each at its place' cmp <(decoded "$tmp/trimmed.mp4" "$tmp/a.mkv" | tail -n +25) <(decoded "$tmp/o.mp4" | tail -n +25)
run rec-probe --deep "$tmp/trimmed.mp4"
check 'nor is it a picture that could not be decoded' grep -q '84 pictures, 0 not decodable' "$tmp/out"
cp "$tmp/a.mkv" "$tmp/in.mkv"
for bad in "$tmp/a.mkv $tmp/in.mkv -o $tmp/in.mkv" "$tmp/a.mkv" "-o $tmp/no.mp4" "$tmp/a.mkv -o $tmp/no.xyz" "$tmp/a.mkv -o $tmp/no.mp4 --max-length 0" \
    "$tmp/a.mkv -o $tmp/no.mp4 --size 321x240" "- - -o $tmp/no.mp4"; do
    # shellcheck disable=SC2086 # a command line
    run rec-concat $bad
    exits 2 "usage: ${bad//"$tmp/"/}"
done
check 'nothing was left of what failed' [ -z "$(find "$tmp" -name 'no.*')" ]
done_testing
