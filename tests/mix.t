#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: rec-mix puts every voice at its time and at constant gain, below the ceiling, at the loudness asked for, in every format, to file
# and pipe, for one track and for a hundred; and says what it did.
. "$(dirname "$0")/tap.sh"

ff() { ffmpeg -nostdin -v error -y "$@"; }
# a tone of one level: NAME SECONDS HZ AMPLITUDE
tone() { ff -f lavfi -i "aevalsrc=$4*sin(2*PI*$3*t):s=48000:d=$2" -ac 1 -c:a pcm_f32le "$tmp/$1"; }
# levels FILE 'SECOND:CHANNEL:HZ:AMPLITUDE ...': a tone stands there at that level, to within 1 %
levels()
{
    python3 - "$@" <<'END'
import array, math, subprocess, sys
def read(path):
    raw = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-f", "f32le", "-"], stdout=subprocess.PIPE, check=True).stdout
    n = int(subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=channels", "-of", "default=nw=1:nk=1", path],
                           stdout=subprocess.PIPE, check=True).stdout)
    pcm = array.array("f", raw)
    return [pcm[c::n] for c in range(n)]
sound, wrong = read(sys.argv[1]), []
for item in sys.argv[2].split():
    second, channel, hz, level = (float(x) for x in item.split(":"))
    part = sound[int(channel)][round(second * 48000):round(second * 48000) + 4800]
    step = 2 * math.pi * hz / 48000
    found = 2 / len(part) * math.hypot(sum(v * math.cos(step * i) for i, v in enumerate(part)),
                                       sum(v * math.sin(step * i) for i, v in enumerate(part)))
    if abs(found - level) > 0.01 * level + 0.0002:
        wrong.append(f"{item}: {found:.4f}")
sys.exit(" ".join(wrong) if wrong else 0)
END
}
# lufs FILE: integrated loudness and true peak as ffmpeg measures them
lufs() { ffmpeg -nostdin -hide_banner -i "$1" -af ebur128=peak=true -f null - 2>&1 | awk '/Summary/ { on = 1 } on && $1 == "I:" { i = $2 } on && $1 == "Peak:" { print i, $2 }'; }
about() { awk -v a="$1" -v b="$2" -v d="$3" 'BEGIN { exit !(a - b <= d && b - a <= d) }' || { echo "$1 is not $2 within $3" && return 1; }; }
bytes() { ff -i "$1" -f s16le -ac 1 - | wc -c; }
align() { tests/tools/align.py "$@"; }

tone a.wav 10 1000 0.25
tone b.wav 2 400 0.5
tone stereo.wav 4 1000 0.25
ff -i "$tmp/stereo.wav" -af 'pan=stereo|c0=c0|c1=0.5*c0' -c:a pcm_f32le "$tmp/st.wav"

# gains do not move, mono stands on both sides at full level
run rec-mix "$tmp/a.wav" "$tmp/b.wav@3.5" --bits 32f -o "$tmp/x.wav" --json
exits 0 'two files, one of them later'
check 'the summary: length, gains, no limiting' json "$tmp/out" '(o["samples"] == 480000 and o["limited_db"] == 0 and
    [i["gain_db"] for i in o["inputs"]] == [0, 0] and [i["offset_s"] for i in o["inputs"]] == [0, 3.5] and
    [i["used_s"] for i in o["inputs"]] == [10, 2])'
check 'before, while and after: the gain is the same, on both sides' levels "$tmp/x.wav" \
    '1:0:1000:.25 1:1:1000:.25 3.3:0:400:0 4:0:1000:.25 4:0:400:.5 4:1:400:.5 6:0:1000:.25 6:0:400:0 9:1:1000:.25'
run rec-mix "$tmp/a.wav" "$tmp/b.wav@1" --gain -6.0206 --gain b=6.0206 --pan a=-1 --pan b=0.5 --bits 32f -o "$tmp/x.wav"
check '--gain of all and of one, --pan' levels "$tmp/x.wav" '2:0:1000:.125 2:1:1000:0 2:1:400:.5 2:0:400:.35355'
run rec-mix "$tmp/st.wav" --bits 32f -o "$tmp/x.wav"
check 'stereo stays stereo' levels "$tmp/x.wav" '1:0:1000:.25 1:1:1000:.125'
run rec-mix "$tmp/st.wav" --channels 1 --bits 32f -o "$tmp/x.wav"
check '--channels 1: the mean' levels "$tmp/x.wav" '1:0:1000:.1875'
run rec-mix "$tmp/a.wav" "$tmp/b.wav" --spread --bits 32f -o "$tmp/x.wav"
check '--spread: the first left, the last right' levels "$tmp/x.wav" '1:0:1000:.25 1:1:1000:.1135 1:1:400:.5 1:0:400:.22700'
cp "$tmp/b.wav" "$tmp/c@2"
run rec-mix "$tmp/c@2" --bits 32f -o "$tmp/x.wav"
check 'a file whose whole name has an @ wins' levels "$tmp/x.wav" '1:0:400:.5'
run rec-mix "$tmp/b.wav@-0.5" --length 3 -o "$tmp/x.wav" --json
check 'an offset below 0 trims; --length is exact' json "$tmp/out" 'o["samples"] == 144000 and o["inputs"][0]["trimmed_samples"] == 24000'

# the limiter and what it leaves alone
tone loud.wav 3 1000 0.9
run rec-mix "$tmp/loud.wav" "$tmp/loud.wav" -o "$tmp/x.wav" --json
exits 0 'two loud voices'
read -r _ peak <<<"$(lufs "$tmp/x.wav")"
check '  the true peak is under -1 dBTP' about "$peak" -1.15 0.15
check '  nothing clips, the reduction is told' json "$tmp/out" '(o["clipped_samples"] == 0 and abs(o["limited_db"] - 6.1) < 0.5 and
    -1.3 < o["true_peak_dbtp"] <= -0.99)'
run rec-mix "$tmp/loud.wav" "$tmp/loud.wav" -o "$tmp/x.wav" --ceiling -6
read -r _ peak <<<"$(lufs "$tmp/x.wav")"
check '--ceiling -6' about "$peak" -6.15 0.15
run rec-mix "$tmp/loud.wav" "$tmp/loud.wav" -o "$tmp/x.wav" --no-limit --json
check '--no-limit: clips, is counted and warned of' json "$tmp/out" 'o["clipped_samples"] > 50000 and len(o["warnings"]) == 1'
run rec-mix "$tmp/loud.wav" "$tmp/loud.wav" -o "$tmp/x.wav" --no-limit --bits 32f
check '--no-limit --bits 32f: the bare sum' levels "$tmp/x.wav" '1:0:1000:1.8'

# loudness, against another meter
s=testdata/S2-mutes
run rec-mix --session $s/session.json -o "$tmp/x.wav" --loudness -20 --json
read -r i peak <<<"$(lufs "$tmp/x.wav")"
check '--loudness' about "$i" -20 0.3
check '  and the summary says so' json "$tmp/out" "abs(o['lufs'] - $i) <= 0.1 and abs(o['true_peak_dbtp'] - $peak) <= 0.3"
run rec-mix $s/Chen-audio.webm $s/Dana-audio.webm -o "$tmp/x.wav" --level -26 --stems "$tmp/st" --json
for stem in Chen-audio Dana-audio; do
    read -r i _ <<<"$(lufs "$tmp/st/$stem.wav")"
    check "--level: $stem, which counts for both sides" about "$i" -29 0.3
done
run rec-mix $s/Dana-audio.webm -o "$tmp/x.wav" --level -26
read -r i _ <<<"$(lufs "$tmp/x.wav")"
check '--level: alone in a mix' about "$i" -26 0.3

# a mix among its stems
run rec-mix "$tmp/a.wav" "$tmp/b.wav" -o "$tmp/both/A.wav" --stems "$tmp/both" --json
exits 0 'a mix that is called as a stem would be'
check 'the stem gets another name' json "$tmp/out" '[s["path"].rsplit("/")[-1] for s in o["stems"]] == ["a-2.wav", "b.wav"]'
check 'both are there' nothing_but "$tmp/both" A.wav a-2.wav b.wav

# stems add up to the mix
run rec-mix --session $s/session.json -o "$tmp/sum.wav" --stems "$tmp/stems" --no-limit --bits 32f --gain 'Chen Wei=-3' --pan Dana=0.4 --json
check 'stems: one a participant' nothing_but "$tmp/stems" Beatriz.wav Carl.wav Chen_Wei.wav Dana.wav
check 'stems: mono, and stereo where panned' [ "$(stream "$tmp/stems/Dana.wav" a channels)$(stream "$tmp/stems/Carl.wav" a channels)" = 21 ]
ff -i "$tmp/stems/Beatriz.wav" -i "$tmp/stems/Carl.wav" -i "$tmp/stems/Chen_Wei.wav" -i "$tmp/stems/Dana.wav" -i "$tmp/sum.wav" -filter_complex \
    '[0]pan=stereo|c0=c0|c1=c0[a];[1]pan=stereo|c0=c0|c1=c0[b];[2]pan=stereo|c0=c0|c1=c0[c];[4]volume=-1:precision=double[m];[a][b][c][3][m]amix=inputs=5:normalize=0' \
    -c:a pcm_f32le "$tmp/rest.wav"
check 'stems: their sum less the mix is silence' [ "$(ffmpeg -nostdin -hide_banner -i "$tmp/rest.wav" -af volumedetect -f null - 2>&1 |
    awk '/max_volume/ { print ($5 < -90) }')" = 1 ]
run rec-mix --session $s/session.json --layout-channels -o "$tmp/lay.wav" --bits 32f --json
check '--layout-channels: one channel each' json "$tmp/out" 'o["channels"] == 4 and o["channel_names"] == ["Chen Wei", "Beatriz", "Carl", "Dana"]'
run rec-pad -q --session $s/session.json -d "$tmp/pads" --bits 32f
check '  the same samples as the padded track' cmp <(ff -i "$tmp/lay.wav" -af 'pan=mono|c0=c3' -f f32le -) <(ff -i "$tmp/pads/Dana.wav" -f f32le -)

# a session: the same sound as in the video
run rec-mix --session $s/session.json -o "$tmp/mix.m4a" --json
cp "$tmp/out" "$tmp/mix.json"
rec-compose --session $s/session.json -o "$tmp/compose.m4a"
check "a session's mix is the sound of its video" cmp "$tmp/mix.m4a" "$tmp/compose.m4a"
check 'every input is accounted for' json "$tmp/mix.json" '(len(o["inputs"]) == 4 and o["left_out"] == 0 and
    all(abs(i["used_s"] + i["hole_s"] - o["duration_s"]) < 0.05 and i["level"]["lufs"] < 0 for i in o["inputs"]))'

# every format, to file and pipe, stands at its time and gives the same bytes for every -j
ff -f lavfi -i 'anoisesrc=c=pink:seed=7:r=48000:d=15:a=0.5,bandpass=f=1000:width_type=h:w=1400' -ac 1 -c:a pcm_s16le "$tmp/noise.wav"
ff -i "$tmp/noise.wav" -c:a libopus -b:a 96k "$tmp/noise.webm"
for ending in wav flac mp3 m4a opus ogg; do
    run rec-mix "$tmp/noise.webm@0.5" -o "$tmp/to.$ending" --bitrate 160k
    check "$ending: within 1 ms" align "$tmp/noise.wav" "$tmp/to.$ending" --shift 0.5 --every 3 --silent 0,0.45 --gain 0
    rec-mix "$tmp/noise.webm@0.5" -o "$tmp/again.$ending" --bitrate 160k -j 1
    check "$ending: the same bytes for -j 1" cmp "$tmp/to.$ending" "$tmp/again.$ending"
    rec-mix "$tmp/noise.webm@0.5" -o - --format $ending --bitrate 160k >"$tmp/pipe.$ending"
    check "$ending: to a pipe, within 1 ms" align "$tmp/noise.wav" "$tmp/pipe.$ending" --shift 0.5 --every 3 --gain 0
done
check 'MP3 has a LAME tag' grep -qaE 'LAME|Lavc' <(head -c 600 "$tmp/to.mp3")
run rec-mix --rate 44100 "$tmp/noise.webm" -o "$tmp/r.mp3"
check '--rate' [ "$(stream "$tmp/r.mp3" a sample_rate)" = 44100 ]
check '--rate: within 1 ms' align "$tmp/noise.wav" "$tmp/r.mp3" --every 3

# a hundred tracks, ten at a time, in bounded memory
many=()
for ten in 0 3 6 9 12 15 18 21 24 27; do
    for one in 0 1 2 3 4 5 6 7 8 9; do many+=("$tmp/b.wav@$ten.0$one"); done
done
run python3 -c 'import resource, subprocess, sys
status = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)
sys.exit(status)' rec-mix --gain -30 --no-limit --json --bits 32f -o "$tmp/x.wav" "${many[@]}"
exits 0 'a hundred tracks'
check '  all of them used' json "$tmp/out" 'len(o["inputs"]) == 100 and all(i["used_s"] == 2 for i in o["inputs"])'
case $BUILD in
*san-*) ;; # sanitizers keep what was freed
*) check '  under 96 MB' [ "$(tail -n 1 "$tmp/err")" -lt 96 ] ;;
esac
what='rec-mix of a hundred tracks'
unset 'many[@]'

# what cannot be used
: >"$tmp/empty.webm"
head -c 120 "$tmp/noise.webm" >"$tmp/header.webm"
for bad in "$tmp/missing.webm" "$tmp/empty.webm" "$tmp/header.webm" $s/Dana-video.webm /dev/null; do
    run rec-mix "$tmp/a.wav" "$bad" -o "$tmp/bad.wav"
    exits 3 "refused: ${bad##*/}"
    check '  the cause is named, in one line' one_line "$bad"
    run rec-mix "$tmp/a.wav" "$bad" -o "$tmp/good.wav" --skip-bad --json
    exits 5 '  left out with --skip-bad'
    check '  and told' json "$tmp/out" 'o["left_out"] == 1 and o["inputs"][1]["left_out"] and len(o["warnings"]) == 1'
done
check 'nothing was left behind' [ ! -e "$tmp/bad.wav" ]
run rec-mix "$tmp/empty.webm" -o "$tmp/bad.wav" --skip-bad
exits 3 'nothing left to mix'
head -c 100000 "$tmp/noise.webm" >"$tmp/cut.webm"
run rec-mix "$tmp/a.wav" "$tmp/cut.webm" -o "$tmp/cut.wav" --json
exits 0 'a missing tail: used as far as it goes'
check '  with a warning' one_line 'warning: ' cut.webm 'its tail after'
check '  and counted' json "$tmp/out" 'o["truncated"] == 1 and o["inputs"][1]["damage"]["truncated"]'
run rec-mix "$tmp/cut.webm" -o "$tmp/strict.wav" --strict
exits 3 '--strict refuses it'
check '  and nothing left' [ ! -e "$tmp/strict.wav" ]

refuses() { run rec-mix "$@"; check "usage: ${*//$tmp\//}" [ "$status" -eq 2 ]; check '  in one line' one_line rec-mix:; }
cp "$tmp/a.wav" "$tmp/before.wav"
refuses -o "$tmp/x.wav"
refuses "$tmp/a.wav"
refuses "$tmp/a.wav" -o "$tmp/a.wav"
refuses "$tmp/a.wav" -o -
refuses "$tmp/a.wav" -o "$tmp/x.nothing"
refuses "$tmp/a.wav" --session $s/session.json -o "$tmp/x.wav"
refuses "$tmp/a.wav" --gain nobody=3 -o "$tmp/x.wav"
refuses "$tmp/a.wav" --gain a=loud -o "$tmp/x.wav"
refuses "$tmp/a.wav" --pan a=2 -o "$tmp/x.wav"
refuses "$tmp/a.wav" --layout-channels -o "$tmp/x.mp3"
refuses "$tmp/a.wav" --bits 32f -o "$tmp/x.flac"
refuses "$tmp/a.wav" --rate 11000 -o "$tmp/x.mp3"
check 'the input that was named as output is untouched' cmp "$tmp/a.wav" "$tmp/before.wav"
what='cat noise.webm | rec-mix --loudness -16 -'
rec-mix --loudness -16 - -o "$tmp/y.wav" <"$tmp/noise.webm" 2>"$tmp/err"
status=$?
exits 2 '--loudness of a pipe is refused'
check '  with the reason' one_line 'a pipe can be read once'
check '  and nothing written' [ ! -e "$tmp/y.wav" ]
run rec-mix "$tmp/a.wav" -o "$tmp/good.wav" -n
exits 1 '-n: not replaced'
done_testing
