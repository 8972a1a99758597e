#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: what cannot be used is refused in one line that names it, before anything is written and without a request to anyone;
# with --skip-bad the rest is composed; what is cut short is used as far as it goes, and said.
. "$(dirname "$0")/tap.sh"
quick=(--duration 1 --size 160x90 --preset ultrafast)

# a listener that a playlist would call: each connection is a line of $tmp/calls
touch "$tmp/calls"
python3 -c 'import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    server.accept()[0].close()
    open(sys.argv[1], "a").write("called\n")' "$tmp/calls" >"$tmp/port" &
listener=$!
trap 'kill $listener; rm -rf "$tmp"' EXIT
until [ -s "$tmp/port" ]; do sleep 0.05; done
port=$(cat "$tmp/port")

mkdir "$tmp/s"
cp testdata/S1-two/Aditya-{audio,video}.webm "$tmp/s"
echo /etc/passwd >"$tmp/s/local.txt"
: >"$tmp/s/empty.webm"
cp testdata/oddities/header-only.webm testdata/oddities/header-plus-cluster-start.webm testdata/oddities/head-missing.webm "$tmp/s"
head -c 40000 /dev/urandom >"$tmp/s/noise.mp4"
echo 'meeting notes' >"$tmp/s/text.webm"
mkdir "$tmp/s/folder.webm"
printf '#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:%s/a.ts\n#EXT-X-ENDLIST\n' "$port" >"$tmp/s/hls.webm"
cp "$tmp/s/hls.webm" "$tmp/s/hls.mp4"
printf '#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n' >"$tmp/s/hls-file.webm"
printf 'ffconcat version 1.0\nfile /etc/passwd\n' >"$tmp/s/concat.webm"
printf 'ffconcat version 1.0\nfile Aditya-video.webm\n' >"$tmp/s/concat-good.webm"
printf 'ffconcat version 1.0\nfile http://127.0.0.1:%s/a.webm\n' "$port" >"$tmp/s/concat-http.mp4"
printf '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="1" bandwidth="1"><BaseURL>http://127.0.0.1:%s/</BaseURL><SegmentTemplate media="a" initialization="b"/></Representation></AdaptationSet></Period></MPD>' "$port" >"$tmp/s/dash.mp4"
ffmpeg -v error -i testdata/S2-mutes/Carl-video.mp4 -t 3 -c copy "$tmp/whole.mp4"
head -c $(($(stat -c %s "$tmp/whole.mp4") / 2)) "$tmp/whole.mp4" >"$tmp/s/no-index.mp4"
session=$tmp/s/session.json

# beside FILE KIND: a manifest with one good person and one of that file
beside()
{
    cat >"$session" <<END
{"session_id": "x", "participants": [
 {"name": "Good", "join_time_s": 0, "leave_time_s": 9, "video_path": "Aditya-video.webm", "audio_path": "Aditya-audio.webm"},
 {"name": "Bad", "join_time_s": 0.5, "leave_time_s": 9, "$2_path": "$1"}]}
END
}

for kind in video audio; do
    for file in empty.webm header-only.webm header-plus-cluster-start.webm head-missing.webm noise.mp4 text.webm folder.webm hls.webm \
        hls.mp4 hls-file.webm concat.webm concat-good.webm concat-http.mp4 dash.mp4 no-index.mp4 missing.webm; do
        beside $file $kind
        run rec-compose --session "$session" "${quick[@]}" -o "$tmp/new.mp4"
        exits 3 "$file as $kind is refused"
        check "$file as $kind: one line names it" one_line $file
        check "$file as $kind: nothing is written" [ ! -e "$tmp/new.mp4" ]
        run rec-compose --session "$session" "${quick[@]}" -o "$tmp/new.mp4" --skip-bad --json
        exits 5 "$file as $kind: --skip-bad composes the rest"
        check "$file as $kind: the summary names it" json "$tmp/out" \
            "o['left_out'] == 1 and [i['path'].endswith('/$file') for i in o['inputs'] if i['left_out']] == [True]"
        check "$file as $kind: the rest is there" [ "$(stream "$tmp/new.mp4" v nb_frames)" = 30 ]
        rm -f "$tmp/new.mp4"
    done
done
beside missing.webm audio
run rec-compose --session "$session" --dry-run
check 'a missing file: its entry and the remedy' one_line "missing.webm' (participants[1].audio_path): No such file" 'pass --skip-bad to leave it out'
check 'no playlist was followed to the network' [ ! -s "$tmp/calls" ]
bash -c ": </dev/tcp/127.0.0.1/$port"
sleep 0.2
check 'the listener would have told' [ -s "$tmp/calls" ]
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
    beside concat.webm video
    run strace -f -e trace=openat,open,connect,execve -o "$tmp/trace" rec-compose --session "$session" -o "$tmp/new.mp4"
    check 'no playlist was followed to a file' bash -c "! grep -q '/etc/passwd' '$tmp/trace'"
    check 'no other program was started' [ "$(grep -c execve "$tmp/trace")" -eq 1 ]
fi

# a session in which nothing is left
cat >"$session" <<'END'
{"session_id": "x", "participants": [{"name": "Bad", "join_time_s": 0, "leave_time_s": 9, "video_path": "empty.webm"}]}
END
run rec-compose --session "$session" "${quick[@]}" -o "$tmp/new.mp4" --skip-bad
exits 3 'nothing left is refused'
check 'nothing left: nothing is written' [ ! -e "$tmp/new.mp4" ]

# manifests that make no sense: words that the one line must hold, then the participants
ln -s /etc "$tmp/s/etc"
while IFS='|' read -r words text; do
    printf '%s' "$text" >"$session"
    run rec-compose --session "$session" "${quick[@]}" -o "$tmp/new.mp4"
    exits 3 "refused: $words"
    check "refused: $words: one line" one_line session.json "$words"
    check "refused: $words: nothing is written" [ ! -e "$tmp/new.mp4" ]
done <<'END'
participants[0]|{"participants": [{"name": "A", "join_time_s": 5, "leave_time_s": 4, "video_path": "Aditya-video.webm"}]}
participants[0].join_time_s|{"participants": [{"name": "A", "join_time_s": -1, "leave_time_s": 4, "video_path": "Aditya-video.webm"}]}
number too large|{"participants": [{"name": "A", "join_time_s": 0, "leave_time_s": 1e999, "video_path": "Aditya-video.webm"}]}
 |{"participants": [{"name": "A", "join_time_s": NaN, "leave_time_s": 4, "video_path": "Aditya-video.webm"}]}
participants|{"participants": []}
participants|{"session_id": "x"}
participants[0].video_path|{"participants": [{"name": "A", "join_time_s": 0, "leave_time_s": 4, "video_path": "../whole.mp4"}]}
participants[0].video_path|{"participants": [{"name": "A", "join_time_s": 0, "leave_time_s": 4, "video_path": "etc/passwd"}]}
participants[0].audio_path|{"participants": [{"name": "A", "join_time_s": 0, "leave_time_s": 4, "audio_path": "/etc/passwd"}]}
participants[0].video_path|{"participants": [{"name": "A", "join_time_s": 0, "leave_time_s": 4, "video_path": "http://127.0.0.1/a.webm"}]}
join_time_s|{"participants": [{"name": "A", "join_time_s": 0, "join_time_s": 1, "leave_time_s": 4, "video_path": "Aditya-video.webm"}]}
 |{"participants": [{"name": "A", "join_time_s": 0, "leave_time_s": 4, "video_path": "Aditya-video.webm"}]} trailing
 |not JSON
 |
END
run rec-compose --session "$tmp/s/none.json" -o "$tmp/new.mp4"
exits 3 'a missing manifest'
check 'a missing manifest: one line' one_line none.json

# usage: nothing is tried
s1=testdata/S1-two/session.json
while IFS='|' read -r name options; do
    read -ra words <<<"$options"
    run rec-compose "${words[@]}"
    exits 2 "usage: $name"
    check "usage: $name: it says why" [ -s "$tmp/err" ]
    check "usage: $name: nothing on stdout" [ ! -s "$tmp/out" ]
done <<END
nothing given|
no format for a pipe|--session $s1 -o -
an unknown ending|--session $s1 -o $tmp/new.xyz
an unknown format|--session $s1 -o $tmp/new.mp4 --format avi
an odd size|--session $s1 -o $tmp/new.mp4 --size 641x360
no size|--session $s1 -o $tmp/new.mp4 --size 0x0
no rate|--session $s1 -o $tmp/new.mp4 --fps 0
an unknown option|--session $s1 -o $tmp/new.mp4 --colour red
an unknown background|--session $s1 -o $tmp/new.mp4 --background nocolour
an unknown codec|--session $s1 -o $tmp/new.mp4 --codec nocodec
an unknown preset|--session $s1 -o $tmp/new.mp4 --preset sleepy
an operand|--session $s1 -o $tmp/new.mp4 more.mp4
both forms|--session $s1 --p1-video a.webm -o $tmp/new.mp4
the manual form without output|--p1-video $tmp/s/Aditya-video.webm --p1-leave 4
the manual form without a leave|--p1-video $tmp/s/Aditya-video.webm -o $tmp/new.mp4
a time that is none|--p1-video $tmp/s/Aditya-video.webm --p1-leave soon -o $tmp/new.mp4
the session as output|--session $s1 -o $s1 --format mp4
END
check 'usage: nothing is written' [ ! -e "$tmp/new.mp4" -a ! -e "$tmp/new.xyz" ]
run env OUTPUT_WIDTH=wide rec-compose --session $s1 -o "$tmp/new.mp4"
exits 2 'usage: an environment that makes no sense'

beside Aditya-video.webm video
sum=$(cksum <"$tmp/s/Aditya-video.webm")
run rec-compose --session "$session" -o "$tmp/s/Aditya-video.webm" --format mp4
exits 2 'an output that is an input'
ln -s s/Aditya-video.webm "$tmp/alias.mp4"
run rec-compose --session "$session" -o "$tmp/alias.mp4"
exits 2 'an output that is an input by another name'
check 'the input is as it was' [ "$(cksum <"$tmp/s/Aditya-video.webm")" = "$sum" ]
run rec-compose --session "$session" "${quick[@]}" -o "$tmp/no/such/folder/o.mp4"
exits 1 'a folder that is not there'

# cut short: used as far as it goes, said, counted
head -c 400000 testdata/S1-two/Aditya-video.webm >"$tmp/s/cut-video.webm"
head -c 100000 testdata/S1-two/Aditya-audio.webm >"$tmp/s/cut-audio.webm"
head -c 150000 testdata/S2-mutes/Carl-video.mp4 >"$tmp/s/cut-video.mp4"
head -c 120000 testdata/S2-mutes/Carl-audio.mp4 >"$tmp/s/cut-audio.mp4"
for file in cut-video.webm cut-audio.webm cut-video.mp4 cut-audio.mp4; do
    kind=${file#cut-} && kind=${kind%.*}
    printf '{"participants": [{"name": "Cut", "join_time_s": 0, "leave_time_s": 60, "%s_path": "%s"}]}' "$kind" $file >"$session"
    run rec-compose --session "$session" --size 160x90 --preset ultrafast -o "$tmp/new.mp4" --json
    exits 0 "$file is used"
    check "$file: one warning names it" one_line warning $file
    check "$file: the warning tells the time" grep -qE '[0-9]\.[0-9]+ s|[0-9]:[0-9]{2}' "$tmp/err"
    check "$file: the summary counts it" json "$tmp/out" \
        'o["inputs"][0]["damage"]["truncated"] is True and 5 < o["inputs"][0]["used_s"] < 50 and len(o["warnings"]) == 1'
    rm -f "$tmp/new.mp4"
    run rec-compose --session "$session" --size 160x90 --preset ultrafast -o "$tmp/new.mp4" --strict
    exits 3 "$file: --strict refuses it"
    check "$file: --strict writes nothing" [ ! -e "$tmp/new.mp4" ]
done
done_testing
