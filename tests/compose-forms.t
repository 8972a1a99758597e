#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: rates, sizes, layouts, excerpts, presences, mutes and holds each give the frames and ticks that they promise.
. "$(dirname "$0")/tap.sh"
s1=testdata/S1-two/session.json
s2=testdata/S2-mutes/session.json
out=$tmp/out.mp4

# made NAME SESSION 'OPTIONS OF BOTH' [OPTIONS OF rec-compose] [-- OPTIONS OF THE CHECK]: compose an excerpt, check every frame
made()
{
    local name=$1 session=$2 both=() compose=() checked=()
    read -ra both <<<"$3"
    shift 3
    while [ $# -gt 0 ] && [ "$1" != -- ]; do compose+=("$1") && shift; done
    [ $# -gt 0 ] && shift && checked=("$@")
    run rec-compose --session "$session" -o "$out" --preset ultrafast "${both[@]}" "${compose[@]}"
    exits 0 "$name: composes"
    run tests/tools/check_compose.py "$out" "$session" "${both[@]}" "${checked[@]}"
    exits 0 "$name: every frame and every tick"
}

# 39 s: one person, then two; 53 s: two, then one again
made '25 fps' $s1 '--start 39 --duration 3 --size 640x360 --fps 25'
made '30000/1001 fps' $s1 '--start 39 --duration 3 --size 640x360 --fps 30000/1001'
made '29.97 is 2997/100' $s1 '--start 53 --duration 2 --size 640x360' --fps 29.97 -- --fps 2997/100
made '60 fps' $s1 '--start 53 --duration 2 --size 640x360 --fps 60'
made 'a size that is not 16:9' $s1 '--start 39 --duration 3 --size 480x480'
made 'the default size and rate' $s1 '--start 39.5 --duration 1.5'
made 'grid of two' $s1 '--start 39 --duration 3 --size 640x720 --layout grid'
made 'grid of four' $s2 '--start 0 --duration 6 --size 640x360 --layout grid'
made 'gap' $s2 '--start 2.5 --duration 2 --size 1280x360 --gap 16'
made 'stretch' $s1 '--start 39 --duration 3 --size 640x360 --fit stretch'
made 'background' $s1 '--start 39 --duration 3 --size 640x360' --background white -- --background-luma 235
made 'the session clock as zero' $s1 '--duration 3 --size 640x360 --zero clock'
made 'a hole longer than --hold' $s2 '--start 32 --duration 4 --size 1280x360 --hold 0.5'
made 'a hole and --hold 0' $s2 '--start 33 --duration 2 --size 1280x360 --hold 0.01'

cover=(--start 39 --duration 1 --size 320x180 --preset ultrafast --fit cover --no-audio)
run rec-compose --session $s1 -o "$out" "${cover[@]}"
exits 0 'cover composes'
# the 640x360 picture in a full frame and, from frame 34 on, cut to the half of it; no bar is left
luma()
{
    ffmpeg -v error -i "$out" -vf "crop=$1,scale=1:1,format=yuv420p,extractplanes=y" -frames:v 1 -f rawvideo - | od -An -tu1 | tr -d ' '
}
check 'cover leaves no bar' [ "$(luma 320:8:0:0)" -gt 24 ]

# the size: flags beat the environment, which beats the default
size()
{
    stream "$out" v width height | paste -sdx
}
env=(env OUTPUT_WIDTH=320 OUTPUT_HEIGHT=240)
small=(--session "$s1" -o "$out" --preset ultrafast --duration 0.2)
run "${env[@]}" rec-compose "${small[@]}"
check 'OUTPUT_WIDTH and OUTPUT_HEIGHT' [ "$(size)" = 320x240 ]
run "${env[@]}" rec-compose "${small[@]}" --size 160x90
check 'a flag beats them' [ "$(size)" = 160x90 ]
run rec-compose "${small[@]}"
check 'without either 1280x720' [ "$(size)" = 1280x720 ]

# presences of one's own: a manifest beside copies of the media
mkdir "$tmp/s"
cp testdata/S1-two/{Aditya,iPhone}-{audio,video}.webm "$tmp/s"
cp testdata/S2-mutes/Carl-* "$tmp/s"
session=$tmp/s/session.json

cat >"$session" <<'END'
{"session_id": "back", "participants": [
 {"name": "Aditya", "join_time_s": 0.5, "leave_time_s": 3, "video_path": "Aditya-video.webm", "audio_path": "Aditya-audio.webm"},
 {"name": "Aditya", "join_time_s": 4.25, "leave_time_s": 7.1, "video_path": "Aditya-video.webm", "audio_path": "Aditya-audio.webm"},
 {"name": "Listener", "join_time_s": 1, "leave_time_s": 6, "audio_path": "iPhone-audio.webm"}]}
END
made 'a rejoin, an empty screen between, a voice without a tile' "$session" '--size 320x180'
made 'no picture wanted: black with sound' "$session" '--size 320x180' --no-video -- --no-tiles
run rec-compose --session "$session" -o "$out" --size 320x180 --preset ultrafast --no-audio
exits 0 'no sound wanted'
check 'no sound wanted: there is none' [ -z "$(stream "$out" a codec_name)" ]

cat >"$session" <<'END'
{"session_id": "tracks", "duration_s": 9, "participants": [
 {"name": "Aditya", "join_time_s": 2, "leave_time_s": 8, "tracks": [
  {"kind": "video", "path": "Aditya-video.webm", "start_s": 2.31},
  {"kind": "audio", "path": "Aditya-audio.webm", "origin": "session", "mute": [[4, 5.5]]}]}]}
END
made 'tracks with their own start and clock, muted, an end after the last leave' "$session" '--size 320x180'

cat >"$session" <<'END'
{"session_id": "screen", "participants": [
 {"name": "Carl", "join_time_s": 0, "leave_time_s": 50, "audio_path": "Carl-audio.mp4"},
 {"name": "Carl (screen)", "join_time_s": 0, "leave_time_s": 50, "video_path": "Carl-video.mp4"}]}
END
made 'a screen stands through a hole of seconds' "$session" '--start 29 --duration 7 --size 320x180'
made 'no screen wanted' "$session" '--start 29 --duration 2 --size 320x180' --no-screen -- --no-tiles

cat >"$session" <<'END'
{"session_id": "voices", "participants": [
 {"name": "A", "join_time_s": 1, "leave_time_s": 4, "audio_path": "Aditya-audio.webm"}]}
END
made 'a session without any picture' "$session" '--size 320x180'
done_testing
