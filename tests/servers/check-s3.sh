#!/bin/bash
# SPDX-License-Identifier: MIT
# check-s3.sh: the tests that need a real S3 server, against Ceph RGW and OpenStack Swift on the loopback. What is missing is installed
# with apt, as root. Where that is impossible it says SKIP and why, and succeeds; a server that does not start is a failure, as is a test.
set -u
cd "$(dirname "$0")/../.." || exit 1

skip()
{
    echo "SKIP check-s3: $*"
    exit 0
}

if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || skip 'the servers are installed and started by root'
    exec sudo -n BUILD="${BUILD:-build}" "$0"
fi
tmp=$(mktemp -d) || exit 1
trap 'tests/servers/rgw.sh stop "$tmp/rgw"; [ -f "$tmp/swift/pids" ] && tests/servers/swift.sh stop "$tmp/swift"; rm -rf "$tmp"' EXIT

# install PROGRAM PACKAGE...: nothing where the program is there
install()
{
    command -v "$1" >/dev/null && return
    shift
    command -v apt-get >/dev/null || skip "there is no apt to install $* with"
    echo "installing: $*"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"; } >"$tmp/apt" 2>&1 ||
        { tail -n 5 "$tmp/apt" && skip "apt could not install $*"; }
}

# test_with PREFIX... -- SCRIPT...: prove with these variables, and none of the user's own
test_with()
{
    local env=()
    while [ "$1" != -- ]; do
        env+=("$1")
        shift
    done
    shift
    env -u AWS_SESSION_TOKEN -u AWS_REGION -u AWS_DEFAULT_REGION -u AWS_ENDPOINT_URL -u S3_BUCKET -u BASE_CDN_URL "${env[@]}" prove --timer --failures --comments "$@" || bad=1
}

bad=0
install radosgw radosgw ceph-mon ceph-osd ceph-common
install swift-proxy-server swift-proxy swift-account swift-container swift-object
install curl curl

tests/servers/rgw.sh start "$tmp/rgw" || exit 1
test_with AWS_ENDPOINT_URL_S3=http://127.0.0.1:17480 AWS_ACCESS_KEY_ID=rectestkey AWS_SECRET_ACCESS_KEY=rectestsecret \
    S3_TLS=https://s3.localhost:17483 S3_CA="$tmp/rgw/tls.crt" -- tests/servers/s3.t tests/servers/batch.t
tests/servers/rgw.sh stop "$tmp/rgw"

tests/servers/swift.sh start "$tmp/swift" || exit 1
test_with AWS_ENDPOINT_URL_S3=http://127.0.0.1:18080 AWS_ACCESS_KEY_ID=test:tester AWS_SECRET_ACCESS_KEY=testing -- tests/servers/s3.t
exit $bad
