#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: what any recorder leaves, folders and zips included, composes as it is; hostile manifests are refused in no time.
. "$(dirname "$0")/tap.sh"
s1=testdata/S1-two
s2=testdata/S2-mutes
manifests=testdata/manifests
small='--size 160x90 --fps 5 --preset ultrafast'

# plan NAME...: the dry run of these arguments as JSON in $tmp/out
plan()
{
    run rec-compose --dry-run --json --session "$@"
}

# put NAME MEDIA=FILE...: a folder $tmp/NAME with manifest $manifests/NAME.json and copies of media
put()
{
    local name=$1 pair
    shift
    mkdir -p "$tmp/$name"
    for pair; do
        cp "$s1/${pair#*=}" "$tmp/$name/${pair%%=*}"
    done
}

# plans NAME INPUT WINDOWS: every track of the input is used, in so many windows
plans()
{
    plan "$2"
    exits 0 "$1: the plan"
    check "$1: $3 windows" json "$tmp/out" "len(o['windows']) == $3"
    check "$1: every track is used" json "$tmp/out" "all(i['used'] for i in o['inputs'])"
}

# mixes NAME INPUT WINDOWS: its sound comes out
mixes()
{
    plans "$@"
    run rec-compose --session "$2" --start 38 --duration 4 -o "$tmp/out.wav"
    exits 0 "$1: mixed"
    check "$1: it sounds" json <(rec-probe --verify --json "$tmp/out.wav") "o['ok'] and o['audio']['samples'] == 192000 and o['audio']['lufs'] > -60"
}

# composes NAME INPUT WINDOWS: picture and sound come out
composes()
{
    plans "$@"
    # shellcheck disable=SC2086 # words
    run rec-compose --session "$2" $small --start 38 --duration 4 -o "$tmp/out.mp4"
    exits 0 "$1: composed"
    check "$1: what it says is there" json <(rec-probe --verify --json "$tmp/out.mp4") "o['ok'] and o['video']['frames'] == 20 and o['audio']['lufs'] > -60"
}

# Daily: the windows of session.json, each track with its own start
for s in $s1 $s2; do
    plan "$s"/session.json
    cp "$tmp/out" "$tmp/ours"
    for form in daily daily/webhook.json; do
        plan "$s/$form"
        exits 0 "$s/$form"
        check "$s/$form: the windows of session.json" json <(cat "$tmp/ours" "$tmp/out" | python3 -c '
import json, sys
d = json.JSONDecoder(); text = sys.stdin.read(); a, n = d.raw_decode(text); b, _ = d.raw_decode(text[n:].lstrip())
# the same people by turns; a tap runs on for up to 0.8 s after a leave, and starts to the frame
names = {x: y for x, y in zip(b["windows"][len(b["windows"]) // 2]["participants"], a["windows"][len(a["windows"]) // 2]["participants"])}
same = [[names[p] for p in w["participants"]] for w in b["windows"]] == [w["participants"] for w in a["windows"]]
print(json.dumps({"same": same, "off": max(abs(x["start_s"] - y["start_s"]) for x, y in zip(a["windows"], b["windows"]))}))
') "o['same'] and o['off'] < 0.95"
        check "$s/$form: no two starts alike" json "$tmp/out" "len({i['offset_s'] for i in o['inputs']}) == len(o['inputs'])"
        check "$s/$form: the clock is named" json "$tmp/out" "o['format'].startswith('daily') and 'names' in o['origin_decided_by']"
    done
done
mixes 'daily folder' $s1/daily 3

# containers that carry session time beat the names, once and for all tracks
mkdir "$tmp/late"
for f in "$s1"/daily/*.webm; do
    ffmpeg -v error -i "$f" -c copy -output_ts_offset 0.7 -copyts "$tmp/late/$(basename "$f")"
done
plan "$tmp/late"
exits 0 'containers with session time'
check 'they decide' json "$tmp/out" "'container' in o['origin_decided_by'] and all(i['origin'] == 'session' for i in o['inputs'])"
plan "$tmp/late" --origin track
check '--origin beats them' json "$tmp/out" "o['origin_decided_by'] == '--origin' and all(i['origin'] == 'track' for i in o['inputs'])"
run rec-probe "$tmp/late"
check 'both times and their difference are shown' grep -q 's by its container and at .* apart' "$tmp/out"

# the other recorders
put opentok aditya.webm=Aditya-video.webm iphone.webm=iPhone-audio.webm slides.webm=iPhone-video.webm
cp $manifests/opentok.json "$tmp/opentok/archive.json"
ffmpeg -v error -i $s1/Aditya-video.webm -i $s1/Aditya-audio.webm -c copy -y "$tmp/opentok/aditya.webm"
composes 'OpenTok folder' "$tmp/opentok" 5
plan "$tmp/opentok"
check 'OpenTok: four tracks in three files' json "$tmp/out" "[(i['participant'], i['kind'], i['source']) for i in o['inputs']] == [('Aditya', 'video', 'camera'), ('Aditya', 'audio', 'camera'), ('Aditya', 'video', 'screen'), ('iPhone', 'audio', 'camera')]"
python3 - "$tmp" <<'END'
import os, sys, zipfile
tmp = sys.argv[1]
with zipfile.ZipFile(tmp + "/opentok.zip", "w") as z:
    for name in sorted(os.listdir(tmp + "/opentok")):
        z.write(tmp + "/opentok/" + name, name, zipfile.ZIP_DEFLATED)
with zipfile.ZipFile(tmp + "/bomb.zip", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("archive.json", open("testdata/manifests/opentok.json").read())
    for name in "aditya.webm", "iphone.webm", "slides.webm":
        with z.open(name, "w") as f:
            for _ in range(90):
                f.write(bytes(1 << 20))
for what, name in ("up", "../escape.json"), ("root", "/etc/escape.json"):
    with zipfile.ZipFile(f"{tmp}/{what}.zip", "w") as z:
        z.writestr(name, "{}")
with zipfile.ZipFile(tmp + "/link.zip", "w") as z:
    info = zipfile.ZipInfo("session.json")
    info.external_attr = 0o120777 << 16
    info.create_system = 3
    z.writestr(info, "/etc/passwd")
END
mixes 'OpenTok zip' "$tmp/opentok.zip" 5
plan "$tmp/opentok.zip"
check 'OpenTok zip: members are called so' json "$tmp/out" "{i['path'] for i in o['inputs']} == {'$tmp/opentok.zip: ' + n for n in ('aditya.webm', 'iphone.webm', 'slides.webm')}"
for tool in 'rec-compose --dry-run --session' 'rec-probe --deep' 'rec-mix -v -o X.wav --session' 'rec-waveform -o X.json --session' 'rec-compose -v --dry-run --json --session'; do
    # shellcheck disable=SC2086 # words
    (cd "$tmp" && run ${tool//X/$tmp/x} opentok.zip && cat "$tmp/out" "$tmp/err" >"$tmp/said" && exit "$status")
    check "$tool: a zip's members by their names" bash -c "! grep -q /proc/self '$tmp/said' && grep -q 'iphone.webm' '$tmp/said' || [[ '$tool' = *waveform* ]]"
done
python3 - "$tmp" <<'END'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/broken.zip", "w") as z:
    for member in zipfile.ZipFile(sys.argv[1] + "/opentok.zip").infolist():
        z.writestr(member.filename, zipfile.ZipFile(sys.argv[1] + "/opentok.zip").read(member) if "iphone" not in member.filename else b"no media at all" * 99)
    z.writestr("zz.json", "{broken")
END
run rec-compose --dry-run --session "$tmp/broken.zip" -v
exits 3 'a zip with a member that is no media'
check 'it is called by the name of zip and member' grep -qF "cannot read '$tmp/broken.zip: iphone.webm': it is not a recording" "$tmp/err"

# names are data; what is missing is missing as in a folder
python3 - "$tmp" <<'END'
import json, sys, warnings, zipfile
warnings.simplefilter("ignore") # of the two members of one name
media = open("testdata/S1-two/iPhone-audio.webm", "rb").read()
def zip(name, members, *paths):
    with zipfile.ZipFile(f"{sys.argv[1]}/{name}.zip", "w") as z:
        z.writestr("session.json", json.dumps({"participants": [{"name": "x", "join_time_s": 0, "leave_time_s": 5, "audio_path": p} for p in paths]}))
        for member in members:
            z.writestr(member, media)
wild = ["caf\u00e9 \u65e5\u672c.webm", "a\nb.webm", "\u202eweb.mp4", "'\"%s.webm"]
zip("wild", wild, *wild)
zip("lacks", ["a.webm"], "a.webm", "b.webm")
zip("twice", ["a.webm", "a.webm"], "a.webm")
END
for locale in C C.UTF-8; do
    run env LC_ALL=$locale rec-compose --dry-run --json --session "$tmp/wild.zip"
    exits 0 "a zip of wild names: $locale"
    check "a zip of wild names: $locale: all are used" json "$tmp/out" "[i['used'] for i in o['inputs']] == [True] * 4 and o['session_id'] == 'wild'"
done
plan "$tmp/lacks.zip"
exits 3 'a zip that lacks a member'
check 'which, and the remedy' one_line "lacks.zip: b.webm' (participants[1].audio_path)" 'pass --skip-bad'
plan "$tmp/lacks.zip" --skip-bad
exits 5 'a zip that lacks a member, --skip-bad'
plan "$tmp/twice.zip"
exits 3 'a zip of two members of one name'
check 'it is named' one_line "two members of the name 'a.webm'"

# a zip is converted once: session.json names what unpacking it gives
mkdir "$tmp/unzipped"
run rec-probe --write "$tmp/unzipped/session.json" "$tmp/opentok.zip"
exits 0 'a session.json of a zip'
check 'it says what is to be done' grep -qF "unpack it into the folder of '$tmp/unzipped/session.json'" "$tmp/err"
python3 -m zipfile -e "$tmp/opentok.zip" "$tmp/unzipped"
rm "$tmp/unzipped/archive.json"
plan "$tmp/opentok.zip"
cp "$tmp/out" "$tmp/zipped.json"
plans 'the unpacked zip' "$tmp/unzipped" 5
check 'its windows are those of the zip' json <(cat "$tmp/out") "o['windows'] == $(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["windows"])' "$tmp/zipped.json")"
for zip in bomb up root link; do
    run timeout 10 rec-compose --dry-run --session "$tmp/$zip.zip"
    exits 3 "a zip that is refused: $zip"
done
run rec-compose --dry-run --session "$tmp/bomb.zip"
check 'a bomb is called one' grep -q 'zip bomb' "$tmp/err"

put openvidu str_CAM_2.webm=iPhone-audio.webm
ffmpeg -v error -i $s1/Aditya-video.webm -i $s1/Aditya-audio.webm -c copy "$tmp/openvidu/str_CAM_1.webm"
cp $manifests/openvidu.json "$tmp/openvidu/ses.json"
mixes OpenVidu "$tmp/openvidu/ses.json" 3

put livekit aditya.ogg=Aditya-audio.webm aditya.webm=Aditya-video.webm iphone.ogg=iPhone-audio.webm iphone.webm=iPhone-video.webm
python3 - $manifests/livekit.json "$tmp/livekit" <<'END'
import json, sys
for i, egress in enumerate(json.load(open(sys.argv[1]))):
    json.dump(egress, open(f"{sys.argv[2]}/EG_{i}.json", "w"))
END
composes 'LiveKit, a folder of JSONs' "$tmp/livekit" 4
plan "$tmp/livekit"
cp "$tmp/out" "$tmp/folder.json"
# several on the command line are that session, too
lk=$tmp/livekit
plan "$lk"/EG_*.json
exits 0 'LiveKit, operands'
check 'LiveKit, operands: the session of the folder' cmp "$tmp/out" "$tmp/folder.json"
plan "$lk/EG_3.json" --session "$lk/EG_1.json" --session="$lk/EG_0.json" "$lk/EG_2.json"
check 'LiveKit, --session repeated: no track is missing' json "$tmp/out" "len(o['inputs']) == 4 and len(o['windows']) == 4 and abs(o['duration_s'] - 64.179) < 0.001"
run rec-probe --json "$lk"/EG_*.json
check 'rec-probe takes them' json "$tmp/out" "len(o['tracks']) == 4"
run rec-mix --session "$lk/EG_0.json" "$lk/EG_2.json" -o "$tmp/lk.wav" --json
check 'rec-mix takes them' json "$tmp/out" "len(o['inputs']) == 2"
run rec-waveform --session "$lk/EG_0.json" "$lk/EG_2.json" -o "$tmp/lk.svg"
exits 0 'rec-waveform takes them'
check 'both lanes' grep -q iPhone "$tmp/lk.svg"
run rec-pad --session "$lk/EG_0.json" --session "$lk/EG_2.json" -d "$tmp/lkpad" --json
check 'rec-pad takes them' json "$tmp/out" "len(o['outputs']) == 2"
run rec-probe --verify "$tmp/lk.wav" --session "$lk/EG_0.json" --session "$lk/EG_2.json"
exits 0 'rec-probe --verify takes them'
plan "$lk/EG_0.json" "$tmp/opentok/archive.json"
exits 2 'two manifests that are not one session'
check 'they are named' one_line EG_0.json opentok/archive.json LiveKit
plan "$lk/EG_0.json" "$lk/EG_1.json" "$lk/EG_0.json"
exits 3 'an egress given twice'
check 'it is named' one_line "egress_id 'EG_1' is given twice"
sed 's/"started_at": *[0-9"]*,//' "$lk/EG_2.json" >"$lk/EG_4.json"
plan "$lk"/EG_[034].json
exits 3 'one of several without a start'
check 'its file is named' one_line EG_4.json started_at
rm "$lk/EG_2.json"
plan "$lk"
check 'also in a folder' one_line EG_4.json started_at

put roomkit room_ba9876543210_20261121T082147.mp4=iPhone-audio.webm
ffmpeg -v error -i $s1/Aditya-video.webm -i $s1/Aditya-audio.webm -c copy -f matroska "$tmp/roomkit/room_0123456789ab_20261121T082106.mp4"
cp $manifests/roomkit.json "$tmp/roomkit/"
mixes roomkit "$tmp/roomkit/roomkit.json" 3

# one file of the whole room: its tracks are the file's streams of their kind, in order, on one clock
mkdir "$tmp/room"
cp $manifests/roomkit-room.json "$tmp/room/"
# the second voice comes 41 s later
ffmpeg -v error -i $s1/Aditya-audio.webm -i $s1/Aditya-video.webm -itsoffset 41 -i $s1/iPhone-audio.webm -itsoffset 41 -i $s1/iPhone-video.webm \
    -map 0 -map 1 -map 2 -map 3 -c copy "$tmp/room/room_0123456789ab_20261121T082106.mkv"
composes 'roomkit, one file of the room' "$tmp/room/roomkit-room.json" 2
plan "$tmp/room"
check 'each track is a stream of its own, where it begins' json "$tmp/out" "[(i['participant'], i['kind'], i['source'], i.get('width'), round(i['offset_s'] + i['first_stamp_s'])) for i in o['inputs']] == [('Aditya', 'audio', 'camera', None, 0), ('Aditya', 'video', 'camera', 640, 0), ('Aditya', 'video', 'screen', 360, 41), ('iPhone', 'audio', 'camera', None, 41)]"
run rec-mix --session "$tmp/room" --stems "$tmp/stems" --json
exits 0 'the voices of the room apart'
ids=$(for f in "$tmp"/stems/*; do python3 tests/tools/decode_audio.py "$f" | awk '{ids[$3] = 1} END {for (i in ids) printf "%s;", i}'; done)
check 'two voices, one a stem' [ "$ids" = '1;2;' ]
run rec-probe --write "$tmp/room/session.json" "$tmp/room"
plan "$tmp/room/session.json"
check 'session.json keeps the streams' json "$tmp/out" "[(i.get('width'), round(i['offset_s'] + i['first_stamp_s'])) for i in o['inputs']] == [(None, 0), (640, 0), (360, 41), (None, 41)]"
# a room mixed into one sound
ffmpeg -v error -i $s1/Aditya-audio.webm -i $s1/Aditya-video.webm -c copy -y "$tmp/room/room_0123456789ab_20261121T082106.mkv"
run rec-compose --dry-run --json --session "$tmp/room/roomkit-room.json"
exits 0 'a room mixed into one sound'
check 'what is not apart is said' grep -q "has no sound number 2, which is said to be that of 'iPhone'" "$tmp/err"
check 'the rest is used' json "$tmp/out" "[i['kind'] for i in o['inputs'] if i['used']] == ['audio', 'video']"

mkdir "$tmp/whereby"
ffmpeg -v error -i $s1/Aditya-video.webm -i $s1/Aditya-audio.webm -c copy "$tmp/whereby/Weekly sync (café).webm"
cp $manifests/s3-event.json "$tmp/whereby/"
mixes 'S3 event' "$tmp/whereby/s3-event.json" 1

for form in envelope rest raw events; do
    cp -r $s1/daily "$tmp/daily-$form"
    rm "$tmp/daily-$form/webhook.json"
    cp $manifests/daily-$form.json "$tmp/daily-$form/"
    mixes "Daily $form" "$tmp/daily-$form/daily-$form.json" 3
done
plan "$tmp/daily-events"
check 'events beside Daily files give names and presence' json "$tmp/out" "[w['participants'] for w in o['windows']] == [['Aditya'], ['Aditya', 'iPhone'], ['Aditya']] and abs(o['duration_s'] - 64.233) < 0.01"

# segments: joined in the order of their numbers, sound and picture together
mkdir "$tmp/segments"
for n in 1 2 10; do
    ffmpeg -v error -ss $((n * 2)) -i $s1/Aditya-video.webm -ss $((n * 2)) -i $s1/Aditya-audio.webm -t 16 -c:v libvpx -deadline realtime -c:a copy "$tmp/segments/scope-$n.webm"
done
plan "$tmp/segments"
exits 0 'segments'
check 'segments: one after the other' json "$tmp/out" "o['duration_s'] > 46 and len(o['windows']) == 1 and sorted(i['offset_s'] for i in o['inputs'] if i['kind'] == 'video')[2] > 30"

# pictures named by their time
mkdir "$tmp/pngs"
ffmpeg -v error -f lavfi -i testsrc=size=64x48:rate=10:duration=3 "$tmp/pngs/%d.png"
(cd "$tmp/pngs" && for n in $(seq 30 -1 1); do mv "$n.png" "$(printf %012d $((n * 100000)))x.png"; done; for f in *x.png; do mv "$f" "${f/x/}"; done)
# shellcheck disable=SC2086 # words
run rec-compose --session "$tmp/pngs" $small -o "$tmp/png.mp4"
exits 0 'a PNG folder'
check 'a PNG folder: 3 s' [ "$(stream "$tmp/png.mp4" v nb_frames)" -eq 15 ]

# pauses that cut time out of a file are put back
plan $s2/session.json --events $s2/events.json
exits 0 'session.json with events'
check 'Dana: one pause of the picture, two of the sound' json "$tmp/out" "{i['kind']: round(i['put_back_s'], 1) for i in o['inputs'] if i['participant'] == 'Dana'} == {'video': 7.0, 'audio': 11.0}"
check 'nobody else is touched' json "$tmp/out" "all('put_back_s' not in i for i in o['inputs'] if i['participant'] != 'Dana')"
# shellcheck disable=SC2086 # words
run rec-compose --session $s2/session.json --events $s2/events.json --size 960x540 --layout grid --preset ultrafast -o "$tmp/dana.mp4"
exits 0 'composed with events'
check 'sound and picture of Dana stay together' python3 tests/tools/pauses.py "$tmp/dana.mp4"

# hostile manifests: refused within seconds, in bounded memory, by the entry
refused()
{
    # shellcheck disable=SC2016 # the inner shell's
    case ${BUILD:-build} in
    *san-*) run timeout 60 rec-compose --dry-run --session "$tmp/bad.json" ;; # sanitizers map terabytes, and are slow
    *) run timeout 10 bash -c 'ulimit -v 2000000; rec-compose --dry-run --session "$0"' "$tmp/bad.json" ;;
    esac
    exits 3 "refused: $1"
    check "refused: $1: one line" one_line "${2:-bad.json}"
}
python3 -c 'print("[" * 100000 + "]" * 100000)' >"$tmp/bad.json"
refused 'depth 100000'
python3 -c 'print("{\"participants\": [" + ",".join(["{\"name\":\"a\",\"join_time_s\":0,\"leave_time_s\":1}"] * 1000000) + "]}")' >"$tmp/bad.json"
refused 'a million participants'
head -c 104857600 /dev/zero | tr '\0' ' ' >"$tmp/bad.json"
refused '100 MB'
python3 -c 'print("{\"recording_id\":\"r\",\"tracks\":[" + ",".join("{\"s3Key\":\"1-u%d-cam-audio-%d\"}" % (i, i) for i in range(1, 150000)) + "]}")' >"$tmp/bad.json"
refused '150000 tracks' 'tracks has 149999 elements'
for value in 1e999 NaN '"5"' -1 null '[]'; do
    echo "{\"files\": [{\"streamId\": \"s\", \"filename\": \"f\", \"startTimeOffset\": $value, \"stopTimeOffset\": 9}]}" >"$tmp/bad.json"
    [ "$value" = '"5"' ] || refused "startTimeOffset $value"
done
mkdir "$tmp/out-of-it" && cp $s1/Aditya-audio.webm "$tmp/out-of-it/secret.webm" && mkdir "$tmp/in"
echo '{"files": [{"streamId": "s", "filename": "../out-of-it/secret.webm", "startTimeOffset": 0, "stopTimeOffset": 9000}]}' >"$tmp/in/m.json"
run rec-compose --dry-run --session "$tmp/in/m.json"
exits 3 'a path that leaves the folder'
run rec-compose --dry-run --session "$tmp/in/m.json" --allow-outside
exits 0 'with --allow-outside'
run rec-compose --dry-run --session $manifests/opentok.json --from nonsense
exits 2 'an unknown format'
done_testing
