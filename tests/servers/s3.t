#!/bin/bash
# SPDX-License-Identifier: MIT
# Goal: against a real S3 server, bytes go there and come back as they are, whatever the key is called, and refusals are exit 4.
# The server is AWS_ENDPOINT_URL_S3 with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; S3_TLS and S3_CA, where set, are its HTTPS.
. "$(dirname "$0")/../tap.sh"
endpoint=$AWS_ENDPOINT_URL_S3
bucket=rectools-$$
export XDG_STATE_HOME=$tmp/state
presign()
{
    python3 tests/servers/presign.py "$@"
}

same_bytes()
{
    curl -sf "$(presign GET "$1")" | cmp - "$2"
}

run presign PUT "$endpoint/$bucket" now
exits 0 'a bucket is made'

# odd keys, there and back
head -c 100000 /dev/urandom >"$tmp/data"
# shellcheck disable=SC2016 # keys, not expressions
for key in plain.bin 'dir/with blank.webm' 'a+b(c)!.bin' 'é日本.bin' "it's & <xml>.bin" 'q?x=1#y.bin' '%41%zz.bin' 'a=b;c:d@e,f$g.bin' '~tilde*star.bin'; do
    run rec-publish "$tmp/data" "s3://$bucket/odd/$key"
    exits 0 "'$key' is sent"
    url=$(python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe="/~"))' "odd/$key")
    check "'$key': a signer of another hand finds it" same_bytes "$endpoint/$bucket/$url" "$tmp/data"
    printf '{"recording_id": "x", "tracks": [{"type": "audio", "s3Key": %s, "size": 100000}]}' \
        "$(python3 -c 'import json, sys; print(json.dumps(sys.argv[1]))' "odd/$key")" >"$tmp/webhook.json"
    S3_BUCKET=$bucket run rec-fetch -d "$tmp/fetched" "$tmp/webhook.json"
    exits 0 "'$key' is fetched"
    check "'$key': the right bytes" cmp "$tmp/data" "$(find "$tmp/fetched" -name '*bin' -o -name '*webm')"
    rm -rf "$tmp/fetched"
done

# sizes: nothing, and around a part
: >"$tmp/empty"
head -c 16777216 /dev/urandom >"$tmp/16M"
head -c 16777217 /dev/urandom >"$tmp/16M1"
head -c 50000000 /dev/urandom >"$tmp/50M"
run rec-publish "$tmp/empty" "$tmp/16M" "$tmp/16M1" "$tmp/50M" "s3://$bucket/sizes/" --json
exits 0 'files of 0 bytes, the most that goes whole, a byte more, six parts'
check 'all are verified' json "$tmp/out" 'all(f["verified"] for f in o["files"]) and [f["size"] for f in o["files"]] == [0, 16777216, 16777217, 50000000]'
for name in empty 16M 16M1 50M; do
    check "$name: the right bytes" same_bytes "$endpoint/$bucket/sizes/$name" "$tmp/$name"
done
check 'no note of an upload is left' [ -z "$(find "$tmp/state" -type f)" ]

# type, headers, refusal to replace
cp testdata/S1-two/Aditya-audio.webm "$tmp/a.webm"
run rec-publish "$tmp/a.webm" "s3://$bucket/t/" --header 'Cache-Control: max-age=60'
check 'Content-Type and --header arrive' grep -qi 'audio/webm\|video/webm' <(curl -sI "$(presign HEAD "$endpoint/$bucket/t/a.webm")")
check '--header arrives' grep -qi 'cache-control: max-age=60' <(curl -sI "$(presign HEAD "$endpoint/$bucket/t/a.webm")")
run rec-publish -n "$tmp/data" "s3://$bucket/t/a.webm"
exits 1 '-n does not replace'
check '-n: it is as it was' same_bytes "$endpoint/$bucket/t/a.webm" "$tmp/a.webm"
run rec-publish -n "$tmp/data" "s3://$bucket/t/new"
exits 0 '-n writes what is not there'
run rec-publish -n "$tmp/16M1" "s3://$bucket/t/new16"
exits 0 '-n writes in parts what is not there'

# a tool from the bucket into the bucket
for input in "s3://$bucket/t/a.webm" "$(presign GET "$endpoint/$bucket/t/a.webm")"; do
    run rec-compose --p1-audio "$input" --p1-join 0 --p1-leave 70 -o "s3://$bucket/t/out.wav"
    exits 0 "from ${input%%\?*} into the bucket"
    rec-compose --p1-audio "$tmp/a.webm" --p1-join 0 --p1-leave 70 -o "$tmp/out.wav" 2>/dev/null
    check 'the same bytes as from a file into a file' same_bytes "$endpoint/$bucket/t/out.wav" "$tmp/out.wav"
done
run rec-publish "$tmp/data" "$(presign PUT "$endpoint/$bucket/t/presigned.bin")"
check 'a presigned PUT' same_bytes "$endpoint/$bucket/t/presigned.bin" "$tmp/data"

# refusals
AWS_SECRET_ACCESS_KEY=wrong run rec-publish "$tmp/data" "s3://$bucket/t/x"
exits 4 'a wrong secret'
check 'a wrong secret: one line that does not tell it' one_line "$bucket"
AWS_ACCESS_KEY_ID='' run rec-publish "$tmp/data" "s3://$bucket/t/x"
exits 4 'anonymous'
check 'anonymous: the message says what to set' one_line AWS_ACCESS_KEY_ID
run rec-publish "$tmp/16M1" "s3://$bucket-none/x"
exits 4 'no such bucket'
run rec-compose --p1-audio "s3://$bucket/none.webm" --p1-join 0 --p1-leave 1 -o "$tmp/none.wav"
exits 4 'no such key'
check 'no such key: nothing is written' [ ! -e "$tmp/none.wav" ]

# killed in the middle of an upload in parts: nothing appears, and the next upload takes the parts back
uploads()
{
    curl -sf "$(presign GET "$endpoint/$bucket")&uploads=" | grep -o '<UploadId>' | wc -l
}
truncate -s 300000000 "$tmp/300M"
rec-publish -q "$tmp/300M" "s3://$bucket/killed.bin" &
child=$!
for _ in $(seq 200); do
    [ -n "$(find "$tmp/state" -type f -size +0)" ] && break
    sleep 0.01
done
kill -9 $child
wait $child 2>/dev/null
check 'after a kill nothing is there' [ "$(curl -so /dev/null -w '%{http_code}' "$(presign GET "$endpoint/$bucket/killed.bin")")" = 404 ]
check 'after a kill the upload is noted' [ -n "$(find "$tmp/state" -type f -size +0)" ]
run rec-publish -v "$tmp/16M1" "s3://$bucket/killed.bin"
exits 0 'the next upload'
check 'the next upload says that it took the parts back' grep -q 'aborted' "$tmp/err"
check 'the next upload: the right bytes' same_bytes "$endpoint/$bucket/killed.bin" "$tmp/16M1"

# memory does not grow with the file
peak()
{
    python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"
}
head -c 1000000 /dev/zero >"$tmp/1M"
small=$(peak rec-publish "$tmp/1M" "s3://$bucket/m/1M")
large=$(peak rec-publish "$tmp/300M" "s3://$bucket/m/300M")
check "300 MB up cost at most 64 MB more than 1 MB ($small, $large MB)" [ $((large - small)) -le 64 ]
for size in 1M 300M; do
    printf '{"Records": [{"s3": {"bucket": {"name": "%s"}, "object": {"key": "m/%s"}}}]}' "$bucket" $size >"$tmp/$size.json"
done
small=$(peak rec-fetch -d "$tmp/f1" "$tmp/1M.json")
large=$(peak rec-fetch -d "$tmp/f300" "$tmp/300M.json")
check "300 MB down cost at most 64 MB more than 1 MB ($small, $large MB)" [ $((large - small)) -le 64 ]
check '300 MB down: the right bytes' cmp "$tmp/300M" "$tmp/f300/300M"

# --purge
run rec-fetch --purge --dry-run "$tmp/300M.json"
check '--purge --dry-run lists and keeps' [ "$(cat "$tmp/out")" = "s3://$bucket/m/300M" ]
run rec-fetch --purge "$tmp/300M.json"
exits 0 '--purge'
check '--purge: it is gone' [ "$(curl -so /dev/null -w '%{http_code}' "$(presign GET "$endpoint/$bucket/m/300M")")" = 404 ]
AWS_SECRET_ACCESS_KEY=wrong run rec-fetch --purge "$tmp/1M.json"
exits 4 '--purge of what stays'
check '--purge of what stays lists nothing' [ ! -s "$tmp/out" ]

if [ -n "${S3_TLS-}" ]; then
    export CURL_CA_BUNDLE=$S3_CA AWS_ENDPOINT_URL_S3=$S3_TLS AWS_S3_ADDRESSING_STYLE=virtual
    run rec-publish "$tmp/data" "s3://$bucket/tls/a b.bin"
    exits 0 'TLS, the bucket in the name of the host'
    check 'the URL says so' grep -qx "https://$bucket.s3.localhost:[0-9]*/tls/a%20b.bin" "$tmp/out"
    check 'TLS: the right bytes' same_bytes "$endpoint/$bucket/tls/a%20b.bin" "$tmp/data"
    run rec-publish "$tmp/50M" "s3://$bucket/tls/50M"
    exits 0 'TLS, in parts'
    check 'TLS, in parts: the right bytes' same_bytes "$endpoint/$bucket/tls/50M" "$tmp/50M"
    CURL_CA_BUNDLE='' SSL_CERT_FILE='' AWS_CA_BUNDLE='' run rec-publish "$tmp/data" "s3://$bucket/tls/x"
    exits 4 'TLS with a certificate of nobody we know'
fi
done_testing
