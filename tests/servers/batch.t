#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: the Makefile that users copy (examples/batch, rec-fetch(1)) takes three recordings from their webhooks to published files, goes on
# after a SIGKILL, skips what is done, and remakes what became older than its input.
. "$(dirname "$0")/../tap.sh"
endpoint=$AWS_ENDPOINT_URL_S3
export S3_BUCKET=batch-$$ XDG_STATE_HOME=$tmp/state
quick='--duration 4 --size 160x90 --preset ultrafast'
presign()
{
    python3 tests/servers/presign.py "$@"
}

listing()
{
    curl -sf "$(presign GET "$endpoint/$S3_BUCKET")" | grep -o '<Key>published[^<]*' | sed 's/<Key>//'
}

check 'rec-fetch(1) shows this Makefile' diff <(sed '/SPDX/d' examples/batch/Makefile) \
    <(sed -n '/^# Each NAME/,/^\.Ed/p' man/rec-fetch.1 | sed '/^\.Ed/d; s/^\\&//; s/\\e/\\/g')

presign PUT "$endpoint/$S3_BUCKET" now
mkdir "$tmp/batch"
cp examples/batch/Makefile "$tmp/batch"
for name in one two three; do
    # each recording is a copy under a prefix of its own
    rec-publish -q testdata/S1-two/daily/*-cam-* "s3://$S3_BUCKET/$name/" >/dev/null || exit 1
    sed "s,acme/standup-s1-two/,$name/," testdata/S1-two/daily/webhook.json >"$tmp/batch/$name.webhook.json"
done

# how far it had come at the kill differs from run to run; what counts is that nothing half-made is left as if it were whole
setsid make -s -j3 -C "$tmp/batch" COMPOSE_FLAGS="$quick" >"$tmp/first" 2>&1 &
child=$!
for _ in $(seq 600); do
    [ -n "$(find "$tmp/batch" -maxdepth 1 -name '*.m[4p][4a]')" ] && break
    sleep 0.02
done
kill -9 -- -$child
wait $child 2>/dev/null
check 'it was killed before it was done' [ "$(find "$tmp/batch" -name '*.published' | wc -l)" -lt 3 ]
whole=0
for file in "$tmp"/batch/*.mp4 "$tmp"/batch/*.m4a; do
    [ -e "$file" ] || continue
    whole=$((whole + 1))
    check "after the kill: ${file##*/} is whole" ffprobe -v error "$file"
done
check 'there was something at the kill' [ $whole -gt 0 ]
for folder in "$tmp"/batch/*/; do
    [ -f "$folder/session.json" ] || continue
    check "after the kill: $(basename "$folder") is a session" rec-compose --session "$folder/session.json" --dry-run
done

run make -s -j3 -C "$tmp/batch" COMPOSE_FLAGS="$quick"
exits 0 'the second run ends it'
check 'all are published' diff <(listing | sort) <(printf 'published/%s\n' one.{m4a,mp4} two.{m4a,mp4} three.{m4a,mp4} | sort)
for name in one two three; do
    check "$name: the published video is the local one" cmp "$tmp/batch/$name.mp4" <(curl -sf "$(presign GET "$endpoint/$S3_BUCKET/published/$name.mp4")")
    check "$name: two URLs are noted" [ "$(grep -c "$name.m" "$tmp/batch/$name.published")" -eq 2 ]
    check "$name: it lasts as long as asked" [ "$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$tmp/batch/$name.mp4" | cut -d. -f1)" = 4 ]
done
check 'nothing is left beside' [ -z "$(find "$tmp/batch" -name '*.part' -o -name '*.new' -o -name '.*.rectmp*')" ]

run make -s -C "$tmp/batch" -q COMPOSE_FLAGS="$quick"
exits 0 'a third run has nothing to do'
touch -d '+1 minute' "$tmp/batch/two.webhook.json"
before=$(stat -c %Y "$tmp/batch/one.mp4")
run make -s -C "$tmp/batch" COMPOSE_FLAGS="$quick"
exits 0 'a webhook that came again'
check 'the others are not touched' [ "$(stat -c %Y "$tmp/batch/one.mp4")" = "$before" ]
done_testing
