#!/bin/bash
# SPDX-License-Identifier: MIT
# check-s3.sh: the tests that need a real S3 server, against Ceph RGW and OpenStack Swift on the loopback. What is missing is installed
# with apt, as root.
set -u
cd "$(dirname "$0")/../.." || exit 1
tmp=$(mktemp -d) || exit 1
trap 'tests/servers/rgw.sh stop "$tmp/rgw"; [ -f "$tmp/swift/pids" ] && tests/servers/swift.sh stop "$tmp/swift"; rm -rf "$tmp"' EXIT

# install PROGRAM PACKAGE...: nothing where the program is there
install()
{
    command -v "$1" >/dev/null && return
    shift
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
}

unset AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL S3_BUCKET BASE_CDN_URL
bad=0
install radosgw radosgw ceph-mon ceph-osd ceph-common >"$tmp/apt" 2>&1 || { cat "$tmp/apt" && exit 1; }
tests/servers/rgw.sh start "$tmp/rgw" || exit 1
AWS_ENDPOINT_URL_S3=http://127.0.0.1:17480 AWS_ACCESS_KEY_ID=rectestkey AWS_SECRET_ACCESS_KEY=rectestsecret \
    S3_TLS=https://s3.localhost:17483 S3_CA="$tmp/rgw/tls.crt" prove --timer tests/servers/s3.t tests/servers/batch.t || bad=1
tests/servers/rgw.sh stop "$tmp/rgw"

install swift-proxy-server swift-proxy swift-account swift-container swift-object >"$tmp/apt" 2>&1 || { cat "$tmp/apt" && exit 1; }
tests/servers/swift.sh start "$tmp/swift" || exit 1
AWS_ENDPOINT_URL_S3=http://127.0.0.1:18080 AWS_ACCESS_KEY_ID=test:tester AWS_SECRET_ACCESS_KEY=testing \
    prove --timer tests/servers/s3.t || bad=1
exit $bad
