#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: every kind of output holds the same meeting, the same command gives the same bytes, and an output appears whole or not at all.
. "$(dirname "$0")/tap.sh"
s1=testdata/S1-two/session.json
span=(--start 39 --duration 3)
picture=(--size 640x360 --preset ultrafast)
common=(--session "$s1" "${span[@]}" "${picture[@]}")

# containers, files and pipes
for ending in mp4 mov mkv; do
    out=$tmp/o.$ending
    run rec-compose "${common[@]}" -o "$out"
    exits 0 "$ending"
    run tests/tools/check_compose.py "$out" $s1 "${span[@]}" --size 640x360
    exits 0 "$ending: every frame and every tick"
    [ $ending = mov ] && continue
    what="rec-compose -o - --format $ending | cat"
    rec-compose "${common[@]}" -o - --format $ending --json 2>"$tmp/err" | cat >"$tmp/pipe.$ending"
    status=${PIPESTATUS[0]}
    exits 0 "$ending into a pipe"
    check "$ending into a pipe: the summary is on stderr" json "$tmp/err" 'o["frames"] == 90'
    run tests/tools/check_compose.py "$tmp/pipe.$ending" $s1 "${span[@]}" --size 640x360
    exits 0 "$ending into a pipe: every frame and every tick"
    rm -f "$tmp/pipe.$ending"
done
run rec-compose "${common[@]}" -o "$tmp/named.bin" --format mkv
check '--format beats the ending' [ "$(ffprobe -v error -show_entries format=format_name -of default=nw=1:nk=1 "$tmp/named.bin")" = matroska,webm ]

# sound alone
for pair in m4a:aac mp3:mp3 wav:pcm_s16le flac:flac opus:opus; do
    out=$tmp/o.${pair%:*}
    run rec-compose --session $s1 --start 38 --duration 6 -o "$out"
    exits 0 "${pair%:*}"
    check "${pair%:*} holds ${pair#*:} alone" [ "$(ffprobe -v error -show_entries stream=codec_name -of csv=p=0 "$out")" = "${pair#*:}" ]
    run tests/tools/check_compose.py "$out" $s1 --start 38 --duration 6
    exits 0 "${pair%:*}: every tick"
done
run rec-compose --session $s1 --duration 0.5 -o "$tmp/44.wav" --audio-rate 44100
check '--audio-rate' [ "$(stream "$tmp/44.wav" a sample_rate)" = 44100 ]

# the same bytes
same=(--session testdata/S2-mutes/session.json --start 2 --duration 6 --size 320x180)
run rec-compose "${same[@]}" -o "$tmp/a.mp4" -j 1
for how in '' '-j 1' '-j 4' '-j 32'; do
    # shellcheck disable=SC2086 # options, none or two words
    run rec-compose "${same[@]}" -o "$tmp/b.mp4" $how
    check "the same bytes with ${how:-nothing said}" cmp "$tmp/a.mp4" "$tmp/b.mp4"
done
if command -v taskset >/dev/null; then
    run taskset -c 0 rec-compose "${same[@]}" -o "$tmp/b.mp4"
    check 'the same bytes on one processor' cmp "$tmp/a.mp4" "$tmp/b.mp4"
fi
person=(--p1-name Aditya --p1-video testdata/S1-two/Aditya-video.webm --p1-audio testdata/S1-two/Aditya-audio.webm
    --p1-join 0.829 --p1-leave 65.008 --p7-video testdata/S1-two/iPhone-video.webm
    --p7-audio testdata/S1-two/iPhone-audio.webm --p7-join=40.975s --p7-leave 55.012)
run rec-compose "${person[@]}" "${span[@]}" "${picture[@]}" -o "$tmp/b.mp4"
check 'the manual form gives the bytes of the session form' cmp "$tmp/o.mp4" "$tmp/b.mp4"

# what stands there already
mkdir "$tmp/old"
old=$tmp/old/o.mp4
quick=(--session "$s1" --duration 0.2 --size 160x90 --preset ultrafast)
echo old >"$old"
run rec-compose "${quick[@]}" -n -o "$old"
exits 1 '-n and an existing output'
check '-n: one line names it' one_line o.mp4
check '-n: it is as it was' [ "$(cat "$old")" = old ]
chmod 640 "$old"
run rec-compose "${quick[@]}" -o "$old"
check 'without -n it is replaced' [ "$(stream "$old" v codec_name)" = h264 ]
ln -s o.mp4 "$tmp/old/link.mp4"
echo old >"$old"
run rec-compose "${quick[@]}" -o "$tmp/old/link.mp4"
check 'a link is followed' [ -L "$tmp/old/link.mp4" -a "$(stream "$old" v codec_name)" = h264 ]
rm "$tmp/old/link.mp4"

for signal in TERM INT KILL; do
    echo old >"$old"
    what="rec-compose, killed by $signal"
    # a shell's background job ignores SIGINT: python gives it back
    python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' rec-compose --session $s1 -o "$old" --preset slow 2>"$tmp/err" &
    pid=$!
    sleep 1.5
    kill -$signal $pid
    wait $pid 2>/dev/null
    status=$?
    exits $((128 + $(kill -l $signal))) "$signal in the middle"
    check "$signal: the old output is as it was" [ "$(cat "$old")" = old ]
    check "$signal: nothing else is left" nothing_but "$tmp/old" o.mp4
done
run rec-compose "${quick[@]}" -o /dev/full --format mkv
exits 1 'a full disk'
mkfifo "$tmp/fifo"
cat "$tmp/fifo" >"$tmp/through" &
run rec-compose "${quick[@]}" -o "$tmp/fifo" --format mkv
wait $!
check 'a named pipe is written in place' [ -p "$tmp/fifo" -a "$(stream "$tmp/through" v codec_name)" = h264 ]

# nothing written
mkdir "$tmp/dry"
cp -r testdata/S1-two/*.webm $s1 "$tmp/dry"
before=$(ls -A "$tmp/dry")
run rec-compose --session "$tmp/dry/session.json" --dry-run
exits 0 '--dry-run'
check 'it names windows, people and files' grep -qzE '1204 frames.*421 frames.*Aditya, iPhone.*iPhone-audio.webm' "$tmp/out"
run rec-compose --session "$tmp/dry/session.json" --dry-run --json
check 'as JSON: the windows' json "$tmp/out" '[w["end_frame"] for w in o["windows"]] == [1204, 1625, 1925]'
check 'as JSON: where each file stands' json "$tmp/out" \
    '[round(i["offset_s"] + i["first_stamp_s"], 6) for i in o["inputs"]] == [0, 0, 40.146, 40.146]'
# what would be refused before the work is refused here, too, with the same words
for bad in '--crf 60' '--codec nonsense' '--codec libvpx-vp9 -o x.mp3 --audio-rate 8001' '--background nonsense' '--preset nonsense' \
    '--audio-rate 12345' '--format nonsense' '--size 161x90'; do
    # shellcheck disable=SC2086 # words
    run rec-compose --session "$tmp/dry/session.json" --dry-run $bad
    exits 2 "--dry-run $bad"
    cp "$tmp/err" "$tmp/said"
    # shellcheck disable=SC2086 # words
    (cd "$tmp" && run rec-compose --session "$tmp/dry/session.json" -o new.mp4 $bad && exit "$status")
    check "--dry-run $bad: as without" cmp "$tmp/said" "$tmp/err"
done
check 'nothing is written' [ "$(ls -A "$tmp/dry")" = "$before" ]
cat >"$tmp/dry/tiles.json" <<'END'
{"participants": [
  {"name": "Bea", "join_time_s": 0, "leave_time_s": 10, "tracks": [{"kind": "video", "path": "Aditya-video.webm"},
    {"kind": "video", "source": "screen", "path": "iPhone-video.webm", "start_s": 2, "end_s": 8}]},
  {"name": "Slides (screen)", "join_time_s": 4, "leave_time_s": 6, "video_path": "iPhone-video.webm"},
  {"name": "Carl", "join_time_s": 0, "leave_time_s": 5, "audio_path": "Aditya-audio.webm"}]}
END
run rec-compose --session "$tmp/dry/tiles.json" --dry-run
check 'a window lists its tiles, and who has none' diff <(sed -n '/frames, .*tile/s/.*frames, //p' "$tmp/out") - <<'END'
1 tile: Bea; no picture: Carl
2 tiles: Bea, Bea (screen); no picture: Carl
3 tiles: Bea, Bea (screen), Slides (screen); no picture: Carl
3 tiles: Bea, Bea (screen), Slides (screen)
2 tiles: Bea, Bea (screen)
1 tile: Bea
END
rm "$tmp/dry/tiles.json"
run rec-compose --session "$tmp/dry/session.json" --duration 0.2 --size 160x90 --progress json
check 'the default output' [ "$(stream "$tmp/dry/S1-two_composed.mp4" v codec_name)" = h264 ]
check 'progress as JSON lines, done last' python3 -c 'import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
sys.exit(lines[-1] != {"event": "done", "status": 0})' "$tmp/err"
run env RECORDINGS_DIR="$tmp" rec-compose --session dry --duration 0.2 --size 160x90 --json
check 'a bare name means a folder of RECORDINGS_DIR' json "$tmp/out" 'o["session_id"] == "S1-two"'
run rec-compose --session "$tmp/dry/session.json" --duration 0.2 --size 160x90 --preset ultrafast -o "$tmp/v.mp4" -v
for word in 'vp8 640x360, first stamp 0 s, track clock, stands at 40.146 s, decoder' 'opus 48000 Hz, 1 channel' '2 tiles, 6 frames' \
    'picture 160x90 at 30/1 a second, default codec, preset ultrafast, crf 18' 'encoded by libx264 and aac'; do
    check "-v: $word" grep -qF -- "${word/640x360/360x640}" "$tmp/err"
done

# stdout that takes no summary: the output is there, and that is said
status=0
rec-compose --session "$tmp/dry/session.json" --duration 0.2 --size 160x90 -o "$tmp/full.mp4" --json >/dev/full 2>"$tmp/err" || status=$?
exits 1 'a full stdout'
check 'a full stdout: the output is written' [ "$(stream "$tmp/full.mp4" v nb_frames)" = 6 ]
check 'a full stdout: that is said' grep -q "full.mp4' is written all the same" "$tmp/err"

# stopped by a signal: the last line says so
for signal in INT TERM HUP; do
    # a shell's background jobs ignore SIGINT, those of nohup SIGHUP, and so would the tool
    python3 - "$signal" "$tmp" <<'END'
import signal, subprocess, sys, time
name, tmp = sys.argv[1:]
signal.signal(getattr(signal, "SIG" + name), signal.SIG_DFL)
with open(tmp + "/err", "w") as err:
    tool = subprocess.Popen(["rec-compose", "--session", tmp + "/dry/session.json", "-o", tmp + "/stopped.mp4", "--progress", "json"],
        stderr=err)
    while "progress" not in open(tmp + "/err").read():
        time.sleep(0.05)
    tool.send_signal(getattr(signal, "SIG" + name))
    print(tool.wait(), file=open(tmp + "/status", "w"))
END
    number=$(kill -l "$signal")
    check "SIG$signal: 128 + $number" [ "$(cat "$tmp/status")" -eq $((128 + number)) ]
    check "SIG$signal: done is the last line" [ "$(tail -n 1 "$tmp/err")" = "{\"event\":\"done\",\"status\":$((128 + number))}" ]
    check "SIG$signal: no output" [ ! -e "$tmp/stopped.mp4" ]
done
done_testing
