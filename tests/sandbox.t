#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: a tool whose decoder was taken over, or crashes, harms nothing but its own run; and whatever a tool is for it can still do.
. "$(dirname "$0")/tap.sh"
rec-probe -vv testdata/S1-two/Aditya-audio.webm >"$tmp/out" 2>"$tmp/err"
if ! grep -q sandbox "$tmp/err"; then
    echo '1..0 # SKIP built without the sandbox'
    exit
fi
cc -shared -fPIC -O0 -o "$tmp/preload.so" tests/sandbox.c -ldl -pthread || exit 1
closed=$(grep -c 'the sandbox is closed' "$tmp/err")
sound=$PWD/testdata/S1-two/Aditya-audio.webm
session=$PWD/testdata/S1-two/session.json
mkdir "$tmp/in" "$tmp/o" "$tmp/outside"
cp "$sound" "$tmp/in/a.webm"

# preloaded AT CALL DO COMMAND...
preloaded()
{
    local at=$1 call=$2 what=$3
    shift 3
    run env LD_PRELOAD="$tmp/preload.so" SANDBOX_AT="$at" SANDBOX_CALL="$call" SANDBOX_DO="$what" \
        SANDBOX_VICTIM="$tmp/outside/victim" "$@"
}

tried()
{
    grep "^TRIED $1 " "$tmp/err" | cut -d ' ' -f 3
}

# --- what a decoder that was taken over can do

deeds='read list write create chmod rename remove exec fork inet unix signal trace unshare'
echo precious >"$tmp/outside/victim"
preloaded decode 1 misbehave rec-waveform --no-sandbox -o "$tmp/o/x.json" "$tmp/in/a.webm"
exits 0 'without the sandbox the work is done'
for deed in $deeds; do
    check "without the sandbox it can: $deed" [ "$(tried "$deed")" = "done" ]
done
rm -rf "$tmp/outside" "$tmp/o"
mkdir "$tmp/outside" "$tmp/o"
echo precious >"$tmp/outside/victim"
if [ "$closed" -eq 1 ]; then
    preloaded decode 1 misbehave rec-waveform -o "$tmp/o/x.json" "$tmp/in/a.webm"
    exits 0 'in the sandbox the work is done all the same'
    for deed in $deeds; do
        check "in the sandbox it cannot: $deed" grep -qE "^TRIED $deed E(ACCES|PERM)$" "$tmp/err"
    done
    check 'the file outside is as it was' grep -qx precious "$tmp/outside/victim"
    check 'no other stands beside it' nothing_but "$tmp/outside" victim
    preloaded decode 1 misbehave rec-waveform -o "$tmp/o/x.json" "$tmp/in/a.webm"
    check 'it may start threads' [ "$(tried thread)" = "done" ]
    check 'it may signal itself' [ "$(tried self)" = "done" ]
    preloaded decode 1 misbehave rec-mix --session "$session" --allow-remote -o "$tmp/o/x.wav"
    check 'with --allow-remote it can: inet' [ "$(tried inet)" = "done" ]
    check 'with --allow-remote it cannot: unix' [ "$(tried unix)" = EPERM ]
    check 'with --allow-remote it cannot: exec' [ "$(tried exec)" = EPERM ]
    preloaded decode 1 misbehave rec-mix --session "$session" --allow-outside -o "$tmp/o/x.wav"
    check 'with --allow-outside it can: read' [ "$(tried read)" = "done" ]
    check 'with --allow-outside it cannot: write' [ "$(tried write)" = EACCES ]
else
    echo "# this kernel has no Landlock or no seccomp: $(cat "$tmp/err")"
fi

# --- crashes

echo old >"$tmp/o/x.json"
rm -f "$tmp/o/x.wav"
for what in null deep abort 7 8 4 31; do
    preloaded decode 3 $what rec-waveform -o "$tmp/o/x.json" "$tmp/in/a.webm"
    exits 3 "a decoder dies ($what): exit 3"
    check 'the message names the file' one_line "'$tmp/in/a.webm'" crashed
    check 'the old output is as it was' grep -qx old "$tmp/o/x.json"
    check 'nothing else is there' nothing_but "$tmp/o" x.json
done
preloaded decode 3 null rec-waveform --progress json -o "$tmp/o/x.json" "$tmp/in/a.webm"
check 'the last line under --progress json is the done line' [ "$(tail -n 1 "$tmp/err")" = '{"event":"done","status":3}' ]
preloaded decode 3 null rec-waveform -o - --format json "$tmp/in/a.webm"
check 'nothing comes out of standard output' [ ! -s "$tmp/out" ]
preloaded decode 3 null rec-mix --session "$session" -j 2 -o "$tmp/o/m.wav"
exits 3 'a session of which one track crashes: exit 3'
check 'one file is named' [ "$(grep -o 'webm' "$tmp/err" | wc -l)" -eq 1 ]
preloaded encode 3 null rec-normalize -o "$tmp/o/v.mp4" testdata/S1-two/iPhone-video.webm
exits 1 'an encoder crashes: exit 1'
check 'no input is blamed' one_line 'crashed (Segmentation fault)'
check 'it leaves no output' nothing_but "$tmp/o" x.json

# files with names, as on file systems without O_TMPFILE: ours goes, another's stays
echo theirs >"$tmp/o/.z.wav.rectmp0"
SANDBOX_NAMED=1 preloaded decode 40 null rec-mix -o "$tmp/o/y.wav" "$tmp/in/a.webm"
exits 3 'a crash over a temporary file with a name'
check 'that file is removed' nothing_but "$tmp/o" x.json .z.wav.rectmp0
rm "$tmp/o/.z.wav.rectmp0"

# --- signals, to the parent and to the child

cat >"$tmp/signals.py" <<'END'
import os, signal, subprocess, sys, time

tmp = sys.argv[1]
# a shell's background jobs and nohup's ignore some of them, and so would the tool
for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(sig, signal.SIG_DFL)

def check(name, fine, why=""):
    print(("ok" if fine else f"not ok # {why}") + f"\t{name}", flush=True)

def until(fine, seconds=20):
    end = time.time() + seconds
    while not fine() and time.time() < end:
        time.sleep(0.02)
    return fine()

def state(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "gone"

def begin(*more, out="x.wav"):
    env = dict(os.environ, LD_PRELOAD=f"{tmp}/preload.so", SANDBOX_AT="decode", SANDBOX_CALL="40", SANDBOX_DO="wait",
               SANDBOX_NAMED="1")
    # a process group of its own, whose leader has a parent outside of it: the terminal's stop signals count
    tool = subprocess.Popen(["rec-mix", *more, "-o", f"{tmp}/o/{out}", f"{tmp}/in/a.webm"], env=env,
                            stderr=subprocess.PIPE, text=True, preexec_fn=os.setpgrp)
    while "WAITING" not in tool.stderr.readline():
        pass
    children = open(f"/proc/{tool.pid}/task/{tool.pid}/children").read().split()
    assert len(children) == 1, children
    return tool, int(children[0])

def end(tool, name, status, words=""):
    try:
        said = tool.communicate(timeout=30)[1]
    except subprocess.TimeoutExpired:
        os.killpg(tool.pid, signal.SIGKILL)
        said = "it did not end\n" + tool.communicate()[1]
    check(f"{name}: status {status}", tool.returncode == status, f"{tool.returncode}: {said!r}")
    check(f"{name}: says {words!r}", words in said, repr(said))
    check(f"{name}: the old output is there and nothing else", sorted(os.listdir(f"{tmp}/o")) == ["x.json"], os.listdir(f"{tmp}/o"))

for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    tool, child = begin()
    check("a temporary file with a name stands beside the output", len(os.listdir(f"{tmp}/o")) == 2)
    os.kill(tool.pid, sig)
    end(tool, f"{sig.name} to the parent", 128 + sig)
    check(f"{sig.name}: the child is gone", state(child) == "gone")
for sig, status, words in ((signal.SIGKILL, 137, "signal 9"), (signal.SIGSEGV, 3, f"'{tmp}/in/a.webm'"), (signal.SIGQUIT, 131, "signal 3")):
    tool, child = begin()
    os.kill(child, sig)
    end(tool, f"{sig.name} to the child", status, words)
tool, child = begin()
os.killpg(tool.pid, signal.SIGINT)
end(tool, "SIGINT to both, as a terminal sends it", 130)

tool, child = begin("--progress", "json")
os.kill(child, signal.SIGKILL)
check("the child killed: the done line is the last", tool.communicate()[1].endswith('{"event":"done","status":137}\n'))

for to, name in ((lambda t: os.kill(t.pid, signal.SIGTSTP), "SIGTSTP to the parent"), (lambda t: os.killpg(t.pid, signal.SIGTSTP), "SIGTSTP to both")):
    tool, child = begin()
    to(tool)
    check(f"{name}: both stop", until(lambda: state(tool.pid) == state(child) == "T"), (state(tool.pid), state(child)))
    os.kill(tool.pid, signal.SIGCONT)
    check(f"{name}, then SIGCONT: both go on", until(lambda: "T" not in (state(tool.pid), state(child))), (state(tool.pid), state(child)))
    os.kill(tool.pid, signal.SIGTERM)
    end(tool, f"{name}, SIGCONT and SIGTERM", 143)

tool, child = begin()
os.kill(tool.pid, signal.SIGKILL)
tool.wait()
check("SIGKILL to the parent: the child dies too", until(lambda: state(child) in ("gone", "Z")), state(child))
tool.stderr.close()
check("a temporary file is left", len(os.listdir(f"{tmp}/o")) == 2, os.listdir(f"{tmp}/o"))
subprocess.run(["rec-mix", "-o", f"{tmp}/o/x.wav", f"{tmp}/in/a.webm"], check=True)
check("the next run removes it", sorted(os.listdir(f"{tmp}/o")) == ["x.json", "x.wav"], os.listdir(f"{tmp}/o"))

# started by a parent that ignores its children's ends
tool = subprocess.run(["rec-waveform", "-o", f"{tmp}/o/x.json", f"{tmp}/in/a.webm"], preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
check("SIGCHLD ignored at the start does no harm", tool.returncode == 0, tool.returncode)
END
what='signals.py'
while IFS=$'\t' read -r result name; do
    check "$name" [ "$result" = ok ]
done < <(python3 "$tmp/signals.py" "$tmp" 2>&1 || printf 'not ok\tsignals.py ended\n')

# --- where the kernel lacks it

if command -v strace >/dev/null && strace -f -qq -e trace=none true 2>/dev/null; then
    for call in landlock_create_ruleset seccomp,prctl; do
        run strace -f -qq -o "$tmp/trace" -e "trace=$call" -e "inject=$call:error=EINVAL" \
            rec-waveform -v -o "$tmp/o/x.json" "$tmp/in/a.webm"
        exits 0 "a kernel without $call: the work is done"
        check 'it says so under -v' grep -q 'sandbox goes without' "$tmp/err"
    done
    run strace -f -qq -o "$tmp/trace" -e trace=clone,fork -e inject=clone,fork:error=EAGAIN:when=1 \
        rec-waveform -o "$tmp/o/x.json" "$tmp/in/a.webm"
    exits 1 'no process to be had: exit 1'
    check 'it says what helps' one_line 'no-sandbox'
else
    echo '# no strace that works here: kernels without Landlock are not simulated'
fi

# --- what must go on working

cd "$tmp" || exit 1
run rec-waveform -o x.peaks.json -o o/x.svg -o o/x.png -o o/x.dat in/a.webm
exits 0 'several outputs, in several folders'
ln -s ../outside/link.json o/link.json
run rec-waveform -o o/link.json in/a.webm
exits 0 'an output behind a symbolic link'
check 'it is where the link leads' test -f outside/link.json
ln -s "$sound" in/link.webm
run rec-waveform -o o/x.json in/link.webm
exits 0 'an input behind a symbolic link'
run rec-waveform -o o/x.json <(cat in/a.webm)
exits 0 'process substitution'
run bash -c 'rec-waveform -o o/x.json /dev/fd/9 9<in/a.webm'
exits 0 'an open file by its descriptor'
run bash -c 'rec-waveform -o - --format json - <in/a.webm | cmp - o/x.json'
exits 0 'standard input and output'
run bash -c 'cat in/a.webm | rec-probe --deep -'
exits 0 'standard input that is read twice'
run bash -c 'cat in/a.webm | rec-mix -o - --format mp3 - >o/x.mp3'
exits 0 'temporary files of several kinds'
run bash -c 'cat in/a.webm | TMPDIR=/nonexistent rec-probe -'
exits 1 'no folder for temporary files'
check 'the message names it' one_line "'/nonexistent'" TMPDIR
run rec-waveform -o /dev/null --format json in/a.webm
exits 0 'a device as output'
mkfifo pipe
cat pipe >o/piped.json &
run rec-waveform -o pipe --format json in/a.webm
exits 0 'a named pipe as output'
wait $!
check 'all of it comes through' cmp o/piped.json o/x.json

cp -r "${session%/*}" S1
(cd S1 && python3 -m zipfile -c ../S1.zip ./*) 2>"$tmp/err"
run rec-mix --session S1.zip -o o/zip.wav
exits 0 'a zip'
run bash -c 'rec-probe - <S1.zip'
exits 0 'a zip on standard input'
run rec-mix --session S1 --stems made/ -o o/x.wav
exits 0 'stems into a folder that is made'
run rec-pad --session S1/session.json -d made
exits 0 'and into one that is there'
run bash -c 'cd S1 && rec-mix --session <(cat session.json) -o ../o/x.wav'
exits 0 'a manifest through a pipe lies in the current folder'
run env RECORDINGS_DIR="$tmp" rec-mix --session S1 -o o/x.wav
exits 0 'a bare name below RECORDINGS_DIR'
(cd S1 && mkdir ../recs && cp session.json ../recs && sed -i "s,\"Aditya-audio.webm\",\"$tmp/S1/Aditya-audio.webm\"," ../recs/session.json &&
    cp iPhone-audio.webm Aditya-video.webm iPhone-video.webm ../recs)
run rec-mix --session recs/session.json -o o/x.wav
exits 3 'a track outside of the folder'
run rec-mix --session recs/session.json --allow-outside -o o/x.wav
exits 0 'the same with --allow-outside'
run rec-compose --session S1/session.json --duration 0.5 --size 64x64
exits 0 'rec-compose into the folder of the session'
check 'it is there' test -f S1/S1-two_composed.mp4
printf '%s\n' "$tmp/S1/Aditya-audio.webm" iPhone-audio.webm >S1/list
run rec-concat --list S1/list -o o/x.mp3
exits 0 'segments of a list'
run bash -c 'rec-concat --list <(echo "$0/in/a.webm") -o o/x.mp3' "$tmp"
exits 0 'segments of a list that cannot be read twice'
run rec-mix in/a.webm@1.5 -o o/x.wav
exits 0 'INPUT@OFFSET'
run bash -c 'ulimit -n 24; rec-mix --session S1/session.json -o o/x.wav'
exits 0 'few descriptors'
run bash -c 'ulimit -n 5; rec-mix --session S1/session.json -o o/none.wav'
exits 1 'too few descriptors to start with'
check 'it says so' one_line 'Too many open files'
run bash -c 'ulimit -v 1000000; rec-mix --session S1/session.json -o o/x.wav'
exits 0 'little memory'
run bash -c 'ulimit -c unlimited; rec-mix --session S1/session.json -o o/x.wav'
exits 0 'core files allowed'

python3 -m http.server --bind 127.0.0.1 0 >server.log 2>&1 &
server=$!
for _ in $(seq 100); do
    port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' server.log)
    [ -n "$port" ] && break
    sleep 0.1
done
run rec-waveform -o o/url.json "http://127.0.0.1:$port/in/a.webm"
exits 0 'a URL as input'
check 'it is the same' cmp o/url.json o/x.json
kill $server
done_testing
