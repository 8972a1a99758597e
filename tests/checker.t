#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: the checker that the other tests lean on sees each kind of fault, by the frame and by the millisecond.
. "$(dirname "$0")/tap.sh"
good=$tmp/good.mp4
span=(--start 38 --duration 6 --size 640x360)
run rec-compose --session testdata/S1-two/session.json -o "$good" --preset ultrafast "${span[@]}"

# sees NAME FAULT FILE [OPTIONS]: the checker names that fault in FILE
sees()
{
    local name=$1 fault=$2 file=$3
    shift 3
    run tests/tools/check_compose.py "$file" testdata/S1-two "${span[@]}" "$@"
    check "$name" grep -q "^$fault: [0-9]* in all" "$tmp/out"
    exits 1 "$name: fails"
}

# spoil NAME FFMPEG-OPTIONS: a copy with that done to it
spoil()
{
    ffmpeg -v error -i "$good" "${@:2}" "$tmp/$1.mp4"
}

run tests/tools/check_compose.py "$good" testdata/S1-two "${span[@]}"
exits 0 'the good one passes'
sees 'one frame late' 'wrong picture' "$good" --start 38.0333
sees 'another layout' 'wrong picture' "$good" --layout grid --size 640x360 --gap 40
sees 'a hold that is longer than it may be' 'stale picture' "$good" --hold 0.05
sees 'a frame too few' length "$good" --duration 6.0333
sees 'another rate' rate "$good" --fps 25
spoil doubled -vf 'select=not(eq(n\,50)),setpts=N/30/TB' -preset ultrafast -c:a copy
sees 'a frame that is missing' 'wrong picture' "$tmp/doubled.mp4"
spoil bars -vf 'drawbox=y=20:h=20:x=322:w=40:color=gray:t=fill:enable=gt(n\,100)' -preset ultrafast -c:a copy
sees 'something in a bar' 'dirty bar' "$tmp/bars.mp4"
spoil late -c:v copy -af adelay=8:all=1
sees 'sound 8 ms late' 'tick misplaced' "$tmp/late.mp4"
spoil quiet -c:v copy -af 'volume=0:enable=between(t\,2.3\,3.2)'
sees 'a tick that is gone' 'tick missing' "$tmp/quiet.mp4"
spoil echo -c:v copy -filter_complex '[0:a]asplit[a][b];[b]adelay=420:all=1[d];[a][d]amix=normalize=0'
sees 'a tick that nobody said' 'tick unexplained' "$tmp/echo.mp4"
spoil shifted -c copy -bsf:v 'setts=ts=if(eq(N\,30)\,TS+100\,TS)'
sees 'a stamp off the grid' grid "$tmp/shifted.mp4"
done_testing
