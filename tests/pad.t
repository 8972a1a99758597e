#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: rec-pad puts every sample at its time: holes of any length, drift, jitter, steps, through Opus, AAC and PCM, on generated
# tracks and on real ones, in every format; and it says what it did.
. "$(dirname "$0")/tap.sh"

ff() { ffmpeg -nostdin -v error -y "$@"; }
# pad NAME ARG...: run rec-pad on $tmp/NAME into $tmp/out.wav; its summary in $tmp/NAME.json
pad()
{
    local name=$1
    shift
    run rec-pad -q --json -o "$tmp/out.wav" "$@" "$tmp/$name"
    cp "$tmp/out" "$tmp/$name.json"
}
align() { tests/tools/align.py "$tmp/orig.wav" "$tmp/out.wav" --every 2 "$@"; }
# holes NAME 'START,SECONDS,CAUSE ...': the ledger lists exactly these, each to within a millisecond
holes()
{
    python3 - "$tmp/$1.json" "$2" <<'END'
import json, sys
with open(sys.argv[1], encoding="utf8") as file:
    o = json.load(file)
got = [(h["start"] / o["rate"], h["samples"] / o["rate"], h["cause"]) for h in o["holes"]]
want = [w.split(",") for w in sys.argv[2].split()]
same = len(got) == len(want) and all(abs(g[0] - float(w[0])) <= 0.0011 and abs(g[1] - float(w[1])) <= 0.0011 and g[2] == w[2]
                                     for g, w in zip(got, want))
same = same and o["hole_count"] == len(got) and abs(o["hole_s"] - sum(g[1] for g in got)) < 1e-6
sys.exit(0 if same else f"{got}")
END
}

# a sound that is like itself at no other moment
ff -f lavfi -i 'anoisesrc=c=pink:seed=7:r=48000:d=50:a=0.5,bandpass=f=1000:width_type=h:w=1400' -ac 1 -c:a pcm_s16le "$tmp/orig.wav"
ff -i "$tmp/orig.wav" -c:a libopus -b:a 64k "$tmp/o.webm"
ff -i "$tmp/orig.wav" -c:a aac -b:a 96k "$tmp/o.m4a"
ff -i "$tmp/orig.wav" -c:a pcm_s16le "$tmp/o.mkv"
# made IN OUT FILTER: the packets again with other stamps, or fewer of them
made() { ff -i "$tmp/$1" -c copy -bsf:a "$3" "$tmp/$2"; }

# holes of 40, 60 and 140 ms and of 2 s; packets are 20 ms in Opus, 1024 samples in AAC and 2048 in this PCM
opus_drop="between(n,500,501)+between(n,1000,1002)+between(n,1500,1506)+between(n,1800,1899)"
made o.webm holes.webm "noise=drop='$opus_drop'"
pad holes.webm
exits 0 'Opus with holes'
check 'Opus: the ledger has them' holes holes.webm '9.9935,0.04,hole 19.9935,0.06,hole 29.9935,0.14,hole 35.9935,2,hole'
check 'Opus: they are silence, and all else stands within 1 ms' align \
    --silent 9.995,10.032 --silent 19.995,20.052 --silent 29.995,30.132 --silent 35.995,37.992
made o.m4a holes.m4a "noise=drop='between(n,500,501)+between(n,1000,1006)+between(n,1500,1593)'"
pad holes.m4a
check 'AAC: the ledger has them' holes holes.m4a '10.6453,0.0427,hole 21.312,0.1493,hole 31.9787,2.0053,hole'
check 'AAC: within 1 ms' align --silent 10.67,10.68 --silent 21.34,21.45 --silent 32.01,33.97
made o.mkv holes.mkv "noise=drop='eq(n,300)+between(n,500,546)'"
pad holes.mkv
check 'PCM: the ledger has them' holes holes.mkv '12.8,0.0427,hole 21.3333,2.0053,hole'
check 'PCM: within 1 ms' align --silent 12.801,12.842 --silent 21.334,23.338

# one a second, each under what ffmpeg fills
made o.webm second.webm "noise=drop='between(mod(n,50),10,12)'"
pad second.webm
check 'a hole of 60 ms each second: all of them' json "$tmp/second.webm.json" \
    'len(o["holes"]) == 50 and all(abs(h["samples"] - 2880) <= 48 for h in o["holes"])'
check 'a hole of 60 ms each second: within 1 ms' align

# head, ten minutes inside, tail; the first stamp is positive
made o.webm far.webm "setts=ts='TS+3000+if(gte(N,1500),600000,0)'"
run rec-pad -o "$tmp/out.wav" --json "$tmp/far.webm" --length 11m
cp "$tmp/out" "$tmp/far.webm.json"
check 'it says which origin it used' grep -q 'note: .*far.webm.: origin session, its first stamp is 3.000 s' "$tmp/err"
check 'head, ten minutes, tail' holes far.webm '0,3.0005,head 32.994,600,hole 653.0005,6.9995,tail'
check 'the length is exact' json "$tmp/far.webm.json" 'o["samples"] == 11 * 60 * 48000 and o["origin"] == "session"'
check 'after the head: within 1 ms' align --shift 3 --silent 0,2.99 --silent 33,632.98
ff -i "$tmp/orig.wav" -t 5 -c:a aac "$tmp/far.ts"
pad far.ts
check 'MPEG-TS begins at 1.4 s, which is no session time' json "$tmp/far.ts.json" 'o["origin"] == "track" and o["input"]["first_stamp_s"] > 1'
made o.webm wall.webm "setts=ts='TS+1795248866000'"
run timeout 20 rec-pad -o "$tmp/wall.wav" --json --length 40 "$tmp/wall.webm"
check 'stamps of a wall clock are no session time either' json "$tmp/out" \
    'o["origin"] == "track" and o["input"]["first_stamp_s"] > 1e9 and o["used_s"] > 1'
run timeout 20 rec-waveform -o "$tmp/wall.json" "$tmp/wall.webm"
check 'nor in a waveform' json "$tmp/wall.json" '9000 < o["length"] < 10000'
made o.webm leap.webm "setts=ts='TS+if(gte(N,1000),1795248866000,0)'"
# two streams, one behind the other in a file: the stamps of the second begin anew
ff -i "$tmp/orig.wav" -t 2 -c:a libopus "$tmp/half.ogg"
cat "$tmp/half.ogg" "$tmp/half.ogg" >"$tmp/chained.ogg"
run rec-pad -o "$tmp/chained.wav" --json "$tmp/chained.ogg"
check 'stamps that run back: what it costs is told' json "$tmp/out" \
    'len(o["warnings"]) == 1 and "2.0" in o["warnings"][0] and "run back" in o["warnings"][0] and abs(o["trimmed_samples"] - 96000) < 1000'
run rec-pad -o "$tmp/half.wav" --json "$tmp/half.ogg"
check 'and of one stream alone nothing is told' json "$tmp/out" 'o["warnings"] == []'
leaps() { # COMMAND...
    run timeout 20 "$@" "$tmp/leap.webm"
    check "$1: a wall clock from the middle on is told, once" \
        [ "$status" = 0 -a "$(grep -c "warning: '.*leap.webm': [0-9.]* s of its sound are left out: their stamps are more than" "$tmp/err")" = 1 ]
}
leaps rec-pad -o "$tmp/leap.wav"
leaps rec-mix --loudness -20 -o "$tmp/leap.wav"
leaps rec-waveform -o "$tmp/leap.json"
pad far.webm --origin track --length 40
check 'origin track: the first sample stands at 0' align --silent 29.999,39.9
pad far.webm --offset 1.5 --length 30
check '--offset: at 1.5 s' align --shift 1.5 --silent 0,1.49
pad far.webm --offset -2 --length 20
check '--offset: what lies before 0 is trimmed and counted' json "$tmp/far.webm.json" 'abs(o["trimmed_samples"] - 96000) <= 48'
check '--offset: and the rest stands' align --shift -2

# a step that stays, 100 and 20 ms: content is that much later from then on
made o.webm step.webm "setts=ts='TS+if(gte(N,700),100,0)+if(gte(N,1400),20,0)'"
pad step.webm
check 'steps are followed' holes step.webm '13.9935,0.1,hole 28.0935,0.02,hole'
check 'no drift is seen in them' json "$tmp/step.webm.json" 'o["drift_ppm"] == 0 and o["samples"] == 50 * 48000 + 5760'
# stamps that go back 60 ms: the overlap is trimmed, not doubled
made o.webm back.webm "setts=ts='TS-if(gte(N,1000),60,0)'"
pad back.webm
check 'an overlap is trimmed' json "$tmp/back.webm.json" 'abs(o["trimmed_samples"] - 2880) <= 48 and o["samples"] == 50 * 48000 - 2880'

# jitter is no hole, drift is resampled away
made o.webm jitter.webm "setts=ts='TS+mod(N*7919,7)-3'"
pad jitter.webm
check '3 ms of jitter is no hole' json "$tmp/jitter.webm.json" 'o["holes"] == [] and o["drift_ppm"] == 0'
check 'jitter: within 1 ms' align
ff -stream_loop 5 -i "$tmp/orig.wav" -t 300 -c:a pcm_s16le "$tmp/long.wav" && mv "$tmp/long.wav" "$tmp/orig.wav"
ff -i "$tmp/orig.wav" -c:a libopus -b:a 48k "$tmp/o.webm"
ff -i "$tmp/orig.wav" -c:a aac -b:a 96k "$tmp/o.m4a"
made o.webm drift.webm "setts=ts='TS*1.0002+mod(N*7919,3)-1'"
pad drift.webm
check 'Opus, 200 ppm and 1 ms of jitter: no hole' json "$tmp/drift.webm.json" 'o["holes"] == [] and abs(o["drift_ppm"] - 200) < 10'
check 'Opus, 200 ppm: within 2 ms' align --scale 1.0002 --every 9.7 --within 2
made o.m4a drift.m4a "setts=ts='TS*0.9997'"
pad drift.m4a
check 'AAC, -300 ppm: no hole' json "$tmp/drift.m4a.json" 'o["holes"] == [] and abs(o["drift_ppm"] + 300) < 10'
check 'AAC, -300 ppm: within 2 ms' align --scale 0.9997 --every 9.7 --within 2

# every format decodes to the same place, and to the same length
ff -i "$tmp/orig.wav" -t 20 -c:a pcm_s16le "$tmp/short.wav" && mv "$tmp/short.wav" "$tmp/orig.wav"
ff -i "$tmp/orig.wav" -c:a libopus -b:a 96k "$tmp/o.webm"
for ending in wav flac opus ogg webm m4a mp3; do
    run rec-pad -q -o "$tmp/to.$ending" --offset 1 --length 22 "$tmp/o.webm"
    ff -i "$tmp/to.$ending" -c:a pcm_s16le "$tmp/out.wav"
    check "$ending: within 1 ms" align --shift 1 --silent 0,0.95
    length=$(ff -i "$tmp/to.$ending" -f s16le -ac 1 - | wc -c)
    # ffmpeg leaves the padding of the last AAC frame, though the edit list has the length
    [ $ending = m4a ] && length=$(python3 -c "print(round($(stream "$tmp/to.$ending" a duration) * 96000))")
    check "$ending: 22 s, to the sample" [ "$length" -eq $((22 * 48000 * 2)) ]
    rec-pad -q -j 1 -o "$tmp/again.$ending" --offset 1 --length 22 "$tmp/o.webm"
    check "$ending: the same bytes again" cmp "$tmp/to.$ending" "$tmp/again.$ending"
done
run rec-pad -q --rate 16000 --channels 2 --bits 24 -o "$tmp/low.wav" "$tmp/o.webm"
check '--rate, --channels, --bits' diff <(printf '%s\n' 16000 2 24) <(stream "$tmp/low.wav" a sample_rate channels bits_per_sample)
cp "$tmp/low.wav" "$tmp/out.wav"
check '16 kHz: within 1 ms' align
check 'a small WAV is a plain one that every reader takes' python3 -c 'import sys, wave; wave.open(sys.argv[1])' "$tmp/out.wav"
rec-pad -q --format wav -o - "$tmp/o.webm" >"$tmp/out.wav"
check 'WAV to a pipe: within 1 ms' align
rec-pad -q -o "$tmp/out.wav" - <"$tmp/o.webm"
check 'from standard input: within 1 ms' align
rm -f "$tmp/out.wav"

# real ones: a tap with DTX, a tap with a hole of seconds. Ticks of the sound code against the truth: 1 ms of the truth's own, 1.5 ms
# of the decoder's, 0.5 ms of stamps
taps=testdata/S2-mutes/daily
for tap in 'dana 1795249775739 4' 'beatriz 1795249773567 2'; do
    read -r who started pid <<<"$tap"
    file=$(echo $taps/*-cam-audio-"$started".webm)
    run rec-pad -q --json -o "$tmp/out.wav" "$file"
    exits 0 "$who: the tap is padded"
    cp "$tmp/out" "$tmp/$who.json"
    check "$who: every tick where the truth says" python3 - testdata/S2-mutes/truth.json "$file" "$tmp/out.wav" "$pid" <<'END'
import json, os, sys
sys.path.insert(0, "tests/tools")
import decode_audio
truth_path, source, out, pid = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
with open(truth_path, encoding="utf8") as file:
    truth = json.load(file)
entry = truth["files"]["daily/" + os.path.basename(source)]
start = max(entry["probe"]["pts_first"], 0)
own = {tick.k: tick.onset for tick in decode_audio.Sound(source).ticks()}  # by the stamps of its packets
wrong, seen = [], 0
for tick in decode_audio.Sound(out).ticks():
    if tick.pid != pid:
        wrong.append(f"{tick}: another voice")
        continue
    as_stamped = abs(tick.onset - (own.get(tick.k, 1e9) - start)) <= 0.002
    for part in entry["segments"]:
        pts = tick.k + 0.16 * (pid - 1) - part["offset"]
        if part["pts_from"] - 0.05 <= pts <= part["pts_to"] + 0.05:
            seen += 1
            off = tick.onset - pts + start  # the truth gives the range of a stretch about its median
            if not part["offset"] - part["offset_max"] - 0.003 <= off <= part["offset"] - part["offset_min"] + 0.003:
                wrong.append(f"tick {tick.k}: {1000 * off:+.1f} ms")
            # one packet of Dana's is stamped 40 ms before those around it: placed with them
            if not as_stamped and abs(off) > 0.002:
                wrong.append(f"tick {tick.k}: {tick.onset}, not {own.get(tick.k)} as its packets say")
            break
print(seen, "ticks")
sys.exit(0 if seen >= entry["ticks"] - 3 and not wrong else f"{seen} of {entry['ticks']} ticks; {wrong[:8]}")
END
done
check 'Dana: DTX is holes of up to 380 ms' json "$tmp/dana.json" \
    'sum(17000 < h["samples"] < 18500 for h in o["holes"] if h["cause"] == "hole") >= 10'
check 'Beatriz: a hole of 6 s where she was muted' json "$tmp/beatriz.json" \
    'any(abs(h["samples"] / 48000 - 5.98) < 0.02 and abs(h["start"] / 48000 - 23.2) < 0.05 for h in o["holes"])'

# a whole session
run rec-pad -q --session testdata/S2-mutes/session.json -d "$tmp/all" --json
exits 0 'a session, one file a participant'
cp "$tmp/out" "$tmp/all.json"
check 'safe names' nothing_but "$tmp/all" Beatriz.wav Carl.wav Chen_Wei.wav Dana.wav
check 'all of equal length, that of the session' json "$tmp/all.json" '{(p["samples"], p["channels"]) for p in o["outputs"]} == {(2843328, 1)}'
check 'and the files too' [ "$(stat -c %s "$tmp"/all/* | sort -u)" -eq $((2843328 * 2 + 44)) ]
run rec-pad -q --session testdata/S2-mutes/session.json testdata/S2-mutes/Dana-audio.webm -o "$tmp/one.wav"
check 'one file of the session by itself is the same' cmp "$tmp/one.wav" "$tmp/all/Dana.wav"
python3 - >"$tmp/rejoin.json" <<'END'
import json
p = lambda name, a, b, path: {"name": name, "join_time_s": a, "leave_time_s": b, "audio_path": path}
print(json.dumps({"participants": [p("../Zoë/x", 1, 11, "a.webm"), p("-rf", 2, 12, "b.webm"), p("../Zoë/x", 20, 25, "b.webm"),
                                   p("ann a", 3, 9, "a.webm"), p("ANN/A", 3, 9, "a.webm"), p(".", 3, 9, "a.webm")]}))
END
mkdir "$tmp/s" && mv "$tmp/rejoin.json" "$tmp/s/session.json" && cp "$tmp/o.webm" "$tmp/s/a.webm" && cp "$tmp/o.webm" "$tmp/s/b.webm"
run rec-pad -q --session "$tmp/s/session.json" -d "$tmp/people"
check 'hostile names, equal names, a rejoin in one file' nothing_but "$tmp/people" _._Zoë_x.wav _rf.wav ann_a.wav ANN_A-2.wav _.wav
cp "$tmp/people/_._Zoë_x.wav" "$tmp/out.wav"
check 'the first presence' align --silent 10.1,18.9 --silent 24.1,30
check 'the second one' align --shift 19 --silent 10.01,18.99 --silent 24.1,30
run rec-pad -q --session "$tmp/s/session.json" -d "$tmp/people" -n
exits 1 '-n: nothing is replaced'

# refusals
refuses() { run rec-pad "${@:2}"; check "refused: ${*:2}" [ "$status" -eq "$1" ]; check '  in one line' one_line rec-pad:; }
refuses 2 -o "$tmp/x.wav"
refuses 2 "$tmp/o.webm"
refuses 2 "$tmp/o.webm" -o "$tmp/o.webm"
refuses 2 "$tmp/o.webm" -o "$tmp/x.xyz"
refuses 2 "$tmp/o.webm" -o -
refuses 2 "$tmp/o.webm" -o "$tmp/x.flac" --bits 32f
refuses 2 "$tmp/o.webm" -o "$tmp/x.opus" --rate 44100
refuses 2 "$tmp/o.webm" -o "$tmp/x.wav" --offset 1 --origin session
refuses 2 "$tmp/o.webm" --session testdata/S2-mutes/session.json -o "$tmp/x.wav"
refuses 3 "$tmp/missing.webm" -o "$tmp/x.wav"
: >"$tmp/empty.webm"
refuses 3 "$tmp/empty.webm" -o "$tmp/x.wav"
refuses 3 testdata/S2-mutes/Dana-video.webm -o "$tmp/x.wav"
check 'nothing was left behind' [ ! -e "$tmp/x.wav" ]
head -c 60000 "$tmp/o.webm" >"$tmp/cut.webm"
run rec-pad -o "$tmp/cut.wav" --json --origin track "$tmp/cut.webm"
exits 0 'a missing tail: used as far as it goes'
check '  with a warning' one_line 'warning: ' cut.webm 'its tail after'
check '  and counted' json "$tmp/out" 'o["truncated"] == 1 and o["damage"]["truncated"] and o["samples"] > 48000'
run rec-pad -q -o "$tmp/strict.wav" --strict "$tmp/cut.webm"
exits 3 '--strict: refused'
check '  and nothing left' [ ! -e "$tmp/strict.wav" ]
# what libraries take for the end: a FLAC that its STREAMINFO says is longer, in a frame and between two; an MP3 with more bytes in its Xing tag
ff -t 5 -i "$tmp/orig.wav" "$tmp/whole.flac"
ff -t 5 -i "$tmp/orig.wav" "$tmp/whole.mp3"
for ending in flac mp3; do
    run rec-pad -o "$tmp/cut.wav" --strict "$tmp/whole.$ending"
    exits 0 "a whole $ending with --strict"
    for less in 500 20000; do
        head -c -"$less" "$tmp/whole.$ending" >"$tmp/cut.$ending"
        run rec-pad -o "$tmp/cut.wav" --strict "$tmp/cut.$ending"
        exits 3 "a $ending without $less bytes, with --strict"
        run rec-pad -o "$tmp/cut.wav" --json "$tmp/cut.$ending"
        check '  and without: counted' json "$tmp/out" 'o["truncated"] == 1 and o["damage"]["truncated"]'
    done
done

# flip IN OUT WHERE: one bit, in the middle of an Ogg page (its number, -1 the last) or of another file
flip()
{
    python3 - "$@" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at, pages = 0, []
while data[at:at + 4] == b"OggS":
    size = 27 + data[at + 26] + sum(data[at + 27:at + 27 + data[at + 26]])
    pages.append(at + size // 2)
    at += size
data[pages[int(sys.argv[3])] if pages else len(data) // 2] ^= 4
open(sys.argv[2], "wb").write(data)
END
}
ff -t 6 -i "$tmp/orig.wav" -c:a libopus "$tmp/o.ogg"
ff -t 6 -i "$tmp/orig.wav" -c:a flac "$tmp/o.flac"
flip "$tmp/o.ogg" "$tmp/page.ogg" 4
pad page.ogg
check 'a damaged page of Ogg is counted' json "$tmp/page.ogg.json" "o['damage']['corrupt_packets'] == 1 and not o['damage']['truncated'] and o['hole_count'] == 1 and abs(o['hole_s'] - 1) < .05"
flip "$tmp/o.ogg" "$tmp/late.ogg" -2
pad late.ogg
check '  so is the last but one' json "$tmp/late.ogg.json" "o['damage']['corrupt_packets'] == 1"
flip "$tmp/o.ogg" "$tmp/last.ogg" -1
run rec-pad -o "$tmp/out.wav" "$tmp/last.ogg"
check '  and with the last the end is missing' grep -q "'$tmp/last.ogg' is cut off" "$tmp/err"
run bash -c 'cat "$1" | rec-pad -q --json -o "$2" -' - "$tmp/last.ogg" "$tmp/out.wav"
check '  through a pipe, too' json "$tmp/out" "o['damage']['truncated']"
(cat "$tmp/o.ogg" && head -c 5000 /dev/zero) >"$tmp/more.ogg"
pad more.ogg
check '  but what follows the end is no damage' json "$tmp/more.ogg.json" "o['damage']['corrupt_packets'] == 0 and not o['damage']['truncated']"
flip "$tmp/o.flac" "$tmp/frame.flac"
pad frame.flac
check 'a damaged frame of FLAC is silence' json "$tmp/frame.flac.json" "o['damage']['corrupt_packets'] == 1 and [h['cause'] for h in o['holes']] == ['damage']"
done_testing
