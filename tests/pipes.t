#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: rec-compose reads inputs that can be read only once, and a pipe that a manifest names never makes it wait.
. "$(dirname "$0")/tap.sh"
s1=testdata/S1-two
small='--size 160x90 --fps 5 --preset ultrafast --duration 3'
ffmpeg -v error -i $s1/Aditya-video.webm -i $s1/Aditya-audio.webm -c copy "$tmp/both.webm"

# from NAME ARGUMENT...: composes the arguments; the result is that of the files themselves
from()
{
    local name=$1
    shift
    # shellcheck disable=SC2086 # words
    run timeout 60 rec-compose "$@" --p1-leave 10 $small -o "$tmp/pipe.mp4"
    exits 0 "$name"
    check "$name: as from files" cmp "$tmp/pipe.mp4" "$tmp/file.mp4"
    rm -f "$tmp/pipe.mp4"
}

# shellcheck disable=SC2086 # words
run rec-compose --p1-video "$tmp/both.webm" --p1-audio "$tmp/both.webm" --p1-leave 10 $small -o "$tmp/file.mp4"
exits 0 'files'
from 'two pipes' --p1-video <(cat "$tmp/both.webm") --p1-audio <(cat "$tmp/both.webm")
mkfifo "$tmp/fifo"
cat "$tmp/both.webm" >"$tmp/fifo" &
from 'one named pipe for picture and sound' --p1-video "$tmp/fifo" --p1-audio "$tmp/fifo"
wait
run true
# shellcheck disable=SC2086 # words
timeout 60 rec-compose --p1-video - --p1-audio - --p1-leave 10 $small -o "$tmp/stdin.mp4" < <(cat "$tmp/both.webm")
check 'standard input for both: as from files' cmp "$tmp/stdin.mp4" "$tmp/file.mp4"

# shellcheck disable=SC2086 # words
run timeout 60 rec-compose --p1-video <(:) --p2-video "$tmp/both.webm" --p1-leave 10 --p2-leave 10 $small -o "$tmp/x.mp4"
exits 3 'an empty pipe'
check 'an empty pipe: one line' one_line 'the file is empty'
# shellcheck disable=SC2086 # words
run timeout 60 rec-compose --p1-video <(:) --p2-video "$tmp/both.webm" --p1-leave 10 --p2-leave 10 --skip-bad $small -o "$tmp/x.mp4"
exits 5 'an empty pipe, left out'
# a medium that is not wanted is not waited for
mkfifo "$tmp/silent"
# shellcheck disable=SC2086 # words
run timeout 60 rec-compose --p1-video "$tmp/both.webm" --p1-audio "$tmp/silent" --no-audio --p1-leave 10 $small -o "$tmp/x.mp4"
exits 0 'a pipe that is not wanted'

# nobody writes into these
mkdir "$tmp/folder"
mkfifo "$tmp/folder/Bea.webm" "$tmp/folder/other.json" "$tmp/folder/1000-u-cam-audio-1500.webm"
echo '{"participants": [{"name": "Bea", "join_time_s": 0, "leave_time_s": 9, "audio_path": "Bea.webm"}]}' >"$tmp/bea.json"
for form in folder/session.json folder; do
    cp "$tmp/bea.json" "$tmp/folder/session.json"
    run timeout 10 rec-compose --dry-run --session "$tmp/$form"
    exits 3 "a pipe in a manifest: $form"
    check "a pipe in a manifest: $form: which" one_line "participants[0].audio_path 'Bea.webm' is a pipe"
done
rm "$tmp/folder/session.json"
run timeout 10 rec-compose --dry-run --session "$tmp/folder"
exits 3 'a pipe in a folder without a manifest'
check 'a pipe in a folder: which' one_line 'is a pipe'
done_testing
