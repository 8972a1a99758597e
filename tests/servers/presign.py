#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""presign.py METHOD URL: a presigned S3 URL, path style, with the key of the environment; or with an empty third argument a bare request
with that method, signed the same way (make a bucket). The test suite's own signer, so that ours is not its own witness."""
import datetime
import hashlib
import hmac
import os
import sys
import urllib.parse
import urllib.request


def presign(method, url, expires=900):
    key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    parts = urllib.parse.urlsplit(url)
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    scope = [stamp[:8], "us-east-1", "s3", "aws4_request"]
    query = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": "/".join([key, *scope]), "X-Amz-Date": stamp,
             "X-Amz-Expires": str(expires), "X-Amz-SignedHeaders": "host"}
    text = "&".join(f"{name}={urllib.parse.quote(value, safe='')}" for name, value in sorted(query.items()))
    path = urllib.parse.quote(urllib.parse.unquote(parts.path), safe="/~")
    canonical = f"{method}\n{path}\n{text}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()])
    signing = ("AWS4" + secret).encode()
    for part in scope:
        signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{parts.scheme}://{parts.netloc}{path}?{text}&X-Amz-Signature={signature}"


if __name__ == "__main__":
    signed = presign(sys.argv[1], sys.argv[2])
    if len(sys.argv) > 3:
        with urllib.request.urlopen(urllib.request.Request(signed, method=sys.argv[1])) as answer:
            sys.stdout.buffer.write(answer.read())
    else:
        print(signed)
