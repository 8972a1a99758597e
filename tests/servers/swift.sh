#!/bin/bash
# SPDX-License-Identifier: MIT
# swift.sh start|stop DIR [PORT]: OpenStack Swift with its S3 gateway (s3api, tempauth) in DIR, on 127.0.0.1:PORT (18080), without systemd.
# The user is test:tester with testing. Needs swift-proxy swift-account swift-container swift-object; writes /etc/swift/swift.conf, whose
# place is fixed, where there is none.
set -eu
verb=$1
dir=$(realpath -m "$2")
port=${3:-18080}

stop()
{
    local pid
    while read -r pid; do
        grep -qa swift "/proc/$pid/cmdline" 2>/dev/null && kill "$pid"
    done <"$dir/pids"
    rm -f "$dir/pids"
}

# server NAME PORT: its ring and its configuration
write_server()
{
    local name=$1 number=$2
    swift-ring-builder "$name.builder" create 4 1 1
    swift-ring-builder "$name.builder" add --region 1 --zone 1 --ip 127.0.0.1 --port "$number" --device d1 --weight 1
    swift-ring-builder "$name.builder" rebalance
    cat >"$name-server.conf" <<END
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $number
workers = 0
user = root
swift_dir = $dir/etc
devices = $dir/srv
mount_check = false
disable_fallocate = true
log_name = $name
log_level = WARNING
log_address = $dir/log/none
[pipeline:main]
pipeline = $name-server
[app:$name-server]
use = egg:swift#$name
recon_cache_path = $dir/cache
fallocate_reserve = 0
END
}

write_proxy()
{
    local filter
    cat >proxy-server.conf <<END
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $port
workers = 0
user = root
swift_dir = $dir/etc
log_level = WARNING
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk tempurl s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
allow_multipart_uploads = true
check_bucket_owner = false
min_segment_size = 5242880
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:19
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
END
    for filter in catch_errors gatekeeper healthcheck listing_formats bulk tempurl copy slo dlo symlink; do
        printf '[filter:%s]\nuse = egg:swift#%s\n' "$filter" "$filter" >>proxy-server.conf
    done
}

start()
{
    mkdir -p "$dir"/{srv/d1,etc,log,cache}
    cd "$dir/etc"
    mkdir -p /etc/swift
    [ -f /etc/swift/swift.conf ] || cat >/etc/swift/swift.conf <<END
[swift-hash]
swift_hash_path_suffix = rectest
swift_hash_path_prefix = rectest
[storage-policy:0]
name = Policy-0
default = yes
[swift-constraints]
max_header_size = 16384
END
    write_server account $((port + 2))
    write_server container $((port + 1))
    write_server object $((port + 3))
    write_proxy
    : >"$dir/pids"
    local name
    for name in account container object proxy; do
        setsid nohup "swift-$name-server" "$dir/etc/$name-server.conf" -v >"$dir/log/$name.log" 2>&1 </dev/null &
        echo $! >>"$dir/pids"
    done
    local end=$((SECONDS + 60))
    until curl -sf "http://127.0.0.1:$port/healthcheck"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.2
    done
}

case $verb in
    start)
        rm -rf "$dir"
        mkdir -p "$dir/log"
        start >"$dir/log/start" 2>&1 || { cat "$dir"/log/* >&2 && exit 1; }
        ;;
    stop) stop ;;
    *) exit 2 ;;
esac
