#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: rec-probe tells what is in a recording and what is wrong with it, writes what it understood, and judges finished files.
. "$(dirname "$0")/tap.sh"
s1=testdata/S1-two
s2=testdata/S2-mutes

run rec-probe --json $s2
exits 0 'a session'
check 'windows and participants' json "$tmp/out" "len(o['windows']) == 7 and [p['name'] for p in o['participants']] == ['Chen Wei', 'Beatriz', 'Carl', 'Dana']"
track() { json "$tmp/out" "[$2 for t in o['tracks'] if t['path'].endswith('/$1')] == [True]"; }
check 'codec and stamps' track Carl-audio.mp4 "t['codec'] == 'opus' and t['rate'] == 48000 and t['origin'] == 'track' and abs(t['end_s'] - 54.89) < .001 and t['packets'] == 913"
check 'sizes that change' track Chen-video.webm "[(s['width'], s['height']) for s in t['sizes']] == [(480, 270), (640, 360), (320, 180), (480, 270), (240, 135), (640, 360), (960, 540)]"
check 'holes' track Carl-video.mp4 "[(round(h['at_s'], 1), round(h['length_s'], 1)) for h in t['holes']] == [(29.6, 8.2), (37.8, 1.1)]"
check 'duplicate stamps' track Bea-video.webm "t['duplicate_stamps'] == 1 and t['backward_stamps'] == 0"
check 'key frames' track Dana-video.webm "t['key_frames'] == 10 and abs(t['key_frames_apart_s'] - 6.671) < .001"
check 'rates' track Chen-audio.webm "t['step_s']['median'] == 0.06 and t['step_s']['max'] == 0.16"
check 'two things are wrong, with the remedy' json "$tmp/out" "len(o['findings']) == 2 and all('--events events.json' in f for f in o['findings']) and 'Dana-audio.webm: 3.9 s less sound than picture, 11.1 s less sound than the manifest says, after 21 s: the recorder was paused' in o['findings'][1]"
run rec-probe --json $s2 --events $s2/events.json
check 'with events nothing is' json "$tmp/out" "o['findings'] == []"
check 'and the pauses are put back' track Dana-audio.webm "[round(c['length_s'], 1) for c in t['cuts']] == [7.0, 4.0]"
run rec-probe $s2
check 'the same for people' grep -q '^  Dana-audio.webm: 3.9 s less sound than picture' "$tmp/out"
run rec-probe --deep --json $s2
check 'deep: level and silence' track Bea-audio.webm "abs(t['deep']['lufs'] + 13.6) < .5 and len(t['deep']['silences']) == 2 and 13 < t['deep']['silence_s'] < 15 and abs(t['deep']['drift_ppm']) < 20"
check 'deep: pictures' track Carl-video.mp4 "t['deep']['decoded'] == 676 and t['deep']['undecoded'] == 0"
ffmpeg -nostdin -v error -i $s1/iPhone-audio.webm -t 6 -c:a aac "$tmp/whole.m4a"
ffmpeg -nostdin -v error -i "$tmp/whole.m4a" -c copy -bsf:a "noise=amount='if(eq(n,50)+eq(n,120),2,0)'" "$tmp/noise.m4a"
run rec-probe --deep "$tmp/noise.m4a"
check 'deep: damaged packets of sound' grep -q '^    decoded: .* frames, 2 damaged packets' "$tmp/out"
check '  and a warning' grep -q '2 packets that cannot be decoded whole, the first at 1\.' "$tmp/out"

# lone files
run rec-probe $s1/Aditya-video.webm
exits 0 'a lone file'
check 'a lone file: no session' grep -q '^  video Aditya-video.webm: vp8 in matroska,webm' "$tmp/out"
head -c 100000 $s1/Aditya-audio.webm >"$tmp/cut.webm"
run rec-probe --json "$tmp/cut.webm"
check 'a missing tail' json "$tmp/out" "o['tracks'][0]['truncated'] and 'cut off after' in o['findings'][0]"
# unstamped IN OUT: the blocks lie before 0, where Matroska has no stamps
unstamped()
{
    ffmpeg -nostdin -v error -y -i "$1" -t 3 -c copy -write_crc32 0 -cluster_time_limit 20000 -cluster_size_limit 10M "$tmp/one.mkv"
    python3 - "$tmp/one.mkv" "$2" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read().replace(b"\x23\xe3\x83", b"\x23\xe3\x82"))  # no DefaultDuration
at = data.find(b"\x1f\x43\xb6\x75") + 4
at += 9 - (data[at]).bit_length()
while at < len(data) and data[at] in (0xe7, 0xab, 0xa3):
    body = at + 10 - data[at + 1].bit_length()
    size = int.from_bytes(data[at + 1:body], "big") & (1 << 7 * (body - at - 1)) - 1
    if data[at] == 0xa3:
        data[body + 1:body + 3] = (int.from_bytes(data[body + 1:body + 3], "big") - 20000).to_bytes(2, "big", signed=True)
    at = body + size
open(sys.argv[2], "wb").write(data)
END
}
unstamped $s1/Aditya-video.webm "$tmp/unstamped.mkv"
run rec-probe --json "$tmp/unstamped.mkv"
exits 0 'no packet has a stamp'
check '  which is told' json "$tmp/out" "[(t['unstamped'], t['packets'], t['end_s']) for t in o['tracks']] == [(45, 45, 0.04)] and '45 of 45 packets have no stamp' in o['findings'][0]"
for bad in "$tmp/none.webm" testdata/oddities/header-only.webm tests/probe.t /dev/null; do
    run rec-probe "$bad"
    exits 3 "refused: $(basename "$bad")"
done
run rec-probe
exits 2 'no input'
check 'a file on standard input' json <(rec-probe --json - <"$s1/Aditya-video.webm") "o['tracks'][0]['packets'] == 961 and o['session_id'] == 'standard input'"
check 'a manifest on standard input' json <(cd $s1 && rec-probe --json - <session.json) "len(o['tracks']) == 4 and len(o['windows']) == 3"

# an hour of sound from a warm cache
ffmpeg -v error -f lavfi -i anoisesrc=a=0.001:r=16000 -t 60 -c:a libopus -b:a 24k "$tmp/minute.webm"
for _ in $(seq 60); do echo "file '$tmp/minute.webm'"; done >"$tmp/list"
ffmpeg -v error -f concat -safe 0 -i "$tmp/list" -c copy "$tmp/hour.webm"
rec-probe "$tmp/hour.webm" >/dev/null
run python3 -c 'import subprocess, sys, time
best = 9
for _ in range(3):
    start = time.time(); subprocess.run(["rec-probe", sys.argv[1]], check=True, stdout=subprocess.DEVNULL); best = min(best, time.time() - start)
print(best); sys.exit(best >= 1)' "$tmp/hour.webm"
case ${BUILD:-build} in
*san-*) ;; # no promise of sanitizers
*) exits 0 'an hour in under a second' ;;
esac

# what was understood is written in our own form, and read back the same
mkdir "$tmp/w"
cp $s2/*.webm $s2/*.mp4 $s2/events.json "$tmp/w/"
python3 -c 'import json, sys
o = json.load(open(sys.argv[1])); o["colour"] = {"a": [1, 2.5, "x"]}; o["participants"][1]["mute"] = [[10, 18]]; o["participants"][1]["seat"] = 7
json.dump(o, open(sys.argv[2], "w"))' $s2/session.json "$tmp/w/first.json"
run rec-probe "$tmp/w/first.json" --events "$tmp/w/events.json" --write "$tmp/w/session.json"
exits 0 '--write'
check 'unknown members pass through' json "$tmp/w/session.json" "o['colour'] == {'a': [1, 2.5, 'x']} and o['participants'][1]['seat'] == 7 and o['session_dir'] == '.'"
check 'nothing is applied twice' json "$tmp/w/session.json" "'events' not in o and o['participants'][1]['tracks'][1]['mute'] == [[10, 18]]"
rec-compose --dry-run --json --session "$tmp/w/first.json" --events "$tmp/w/events.json" >"$tmp/a"
rec-compose --dry-run --json --session "$tmp/w" >"$tmp/b"
check 'the same plan comes out' python3 -c 'import json, sys
a, b = (json.load(open(f)) for f in sys.argv[1:])
strip = lambda o: (o["windows"], [{k: i.get(k) for k in ("participant", "kind", "path", "offset_s", "put_back_s", "origin")} for i in o["inputs"]])
sys.exit(strip(a) != strip(b))' "$tmp/a" "$tmp/b"
run rec-probe "$tmp/w" --write "$tmp/w/again.json"
check 'written again it is the same' cmp "$tmp/w/session.json" "$tmp/w/again.json"
run rec-probe $s1/daily --write "$tmp/w/daily.json"
check 'a manifest elsewhere names the folder' json "$tmp/w/daily.json" "o['session_dir'].endswith('/S1-two/daily') and len(o['participants']) == 2 and o['participants'][0]['id'].startswith('29630143')"
run rec-probe "$tmp/w/first.json" --write "$tmp/w/first.json"
exits 2 'the manifest itself is no output'
run rec-probe "$tmp/w/first.json" --svg "$tmp/w/Dana-audio.webm"
exits 2 'an input is no output'
run rec-probe -n "$tmp/w/first.json" --write "$tmp/w/again.json"
exits 1 '-n keeps what is there'
run rec-probe $s1 --write -
check '--write - is data alone' json "$tmp/out" "o['session_id'] == 'S1-two'"

# the picture, byte for byte; names are data
run rec-probe $s2 --events $s2/events.json --svg "$tmp/s2.svg"
exits 0 '--svg'
check 'the golden picture' diff "$tmp/s2.svg" testdata/S2-mutes.svg
echo '{"session_id": "<script>&\"", "participants": [{"name": "</text><script>alert(1)</script>\u0001\ufffe", "join_time_s": 0, "leave_time_s": 9, "audio_path": "a.webm"}]}' >"$tmp/w/evil.json"
cp $s1/iPhone-audio.webm "$tmp/w/a.webm"
run rec-probe "$tmp/w/evil.json" --svg "$tmp/evil.svg"
check 'wild names: well-formed, and no element' python3 -c 'import sys, xml.dom.minidom
d = xml.dom.minidom.parse(sys.argv[1]); sys.exit(len(d.getElementsByTagName("script")))' "$tmp/evil.svg"
python3 -c 'import json
print(json.dumps({"participants": [{"name": "\u202ea\u2066\x85b", "join_time_s": 0, "leave_time_s": 9, "audio_path": "a.webm"}]}))' >"$tmp/w/wild.json"
run rec-probe "$tmp/w/wild.json" --svg "$tmp/wild.svg"
check 'nothing turns the text around it' python3 -c 'import sys
sys.exit(">\ufffda\ufffd\ufffdb audio<" not in open(sys.argv[1]).read())' "$tmp/wild.svg"

# finished files
rec-compose --session $s1 --size 320x180 --preset ultrafast --start 38 --duration 6 -o "$tmp/good.mp4"
run rec-probe --verify --json "$tmp/good.mp4"
exits 0 'a finished file is right'
check 'what was found' json "$tmp/out" "o['ok'] and o['video']['frames'] == 180 and o['video']['fps'] == 30 and o['audio']['rate'] == 48000 and o['faults'] == []"
run rec-probe --verify "$tmp/good.mp4" --session $s1/session.json
exits 3 'an excerpt is not the session'
check 'it says how much is missing' grep -q "wrong: the picture's length differs from the session's by -58" "$tmp/out"
# wrong NAME WORD FFMPEG-ARGUMENT...: such a file is refused with that word
wrong()
{
    local name=$1 word=$2
    shift 2
    ffmpeg -v error "$@" -y "$tmp/wrong.mp4"
    run rec-probe --verify "$tmp/wrong.mp4"
    exits 3 "wrong: $name"
    check "wrong: $name is named" grep -q "wrong: .*$word" "$tmp/out"
}
av='-f lavfi -i testsrc=size=64x48:rate=30:duration=4 -f lavfi -i sine=d=4'
# shellcheck disable=SC2086 # words
{
    wrong 'no constant rate' 'not constant' $av -vf "select='not(eq(n,50))'" -vsync vfr
    wrong 'not at 0' 'starts at' $av -output_ts_offset 2 -use_editlist 0
    wrong 'black' 'black from' -f lavfi -i color=black:size=64x48:rate=30:duration=4
    wrong 'ends apart' 'end more than a frame apart' -f lavfi -i testsrc=size=64x48:rate=30:duration=4 -f lavfi -i sine=d=3
    wrong 'clipping' 'clips' -f lavfi -i testsrc=size=64x48:rate=30:duration=4 -f lavfi -i sine=d=4 -af volume=30dB -c:a aac -b:a 64k
}
ffmpeg -v error -loop 1 -i docs/S1-two.jpg -vf scale=64:48 -r 30 -t 4 -y "$tmp/still.mp4"
run rec-probe --verify "$tmp/still.mp4" --max-frozen 2
exits 3 'a frozen picture'
run rec-probe --verify "$tmp/still.mp4"
exits 0 'one that may be still'
run rec-probe --verify tests/probe.t
exits 3 'no media'
done_testing
