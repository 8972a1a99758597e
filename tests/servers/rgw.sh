#!/bin/bash
# SPDX-License-Identifier: MIT
# rgw.sh start|stop DIR [PORT]: Ceph's S3 gateway over one monitor and one OSD in memory, in DIR, on 127.0.0.1, without systemd.
# HTTP on PORT (17480), HTTPS on PORT+3 for the names of DIR/tls.crt; buckets are found as BUCKET.s3.localhost, too.
# The user is S3_KEY (rectestkey) with S3_SECRET (rectestsecret). Needs radosgw ceph-mon ceph-osd ceph-common.
set -eu
verb=$1
dir=$(realpath -m "$2")
port=${3:-17480}
mon=$((port + 1))
tls=$((port + 3))
conf=$dir/ceph.conf
keyring=$dir/keyring

# ours alone: by pid file, and only where that pid still is such a daemon
stop()
{
    local daemon file pid
    for daemon in client.rgw:radosgw osd.0:ceph-osd mon.a:ceph-mon; do
        file=$dir/${daemon%%:*}.pid
        [ -f "$file" ] || continue
        pid=$(cat "$file")
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "${daemon#*:}" ] && kill -9 "$pid"
        rm -f "$file"
    done
    rm -f "$dir"/*.asok
}

# until SECONDS COMMAND...: tries again until it works
until_works()
{
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || { echo "rgw.sh: gave up on: $*; see $dir/log" >&2 && exit 1; }
        sleep 0.2
    done
}

osd_is_up()
{
    ceph -c "$conf" osd stat -f json | grep -q '"num_up_osds":1'
}

write_config()
{
    cat >"$conf" <<END
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon_host = v2:127.0.0.1:$mon
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv4 = true
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 1
mon_data_avail_warn = 1
osd_crush_chooseleaf_type = 0
run_dir = $dir
admin_socket = $dir/\$name.asok
pid_file = $dir/\$name.pid
log_file = $dir/log/\$name.log
keyring = $keyring
mon_data = $dir/mon
[osd]
osd_data = $dir/osd/ceph-\$id
osd_objectstore = memstore
memstore_device_bytes = 2147483648
osd_class_load_list = *
osd_class_default_list = *
osd_max_object_name_len = 460
[client.rgw]
rgw_data = $dir/rgw
keyring = $keyring
rgw_frontends = beast endpoint=127.0.0.1:$port ssl_endpoint=127.0.0.1:$tls ssl_certificate=$dir/tls.crt ssl_private_key=$dir/tls.key
rgw_dns_name = s3.localhost
rgw_enable_usage_log = false
rgw_gc_obj_min_wait = 2
rgw_gc_processor_period = 5
rgw_gc_processor_max_time = 5
rgw_enable_lc_threads = false
rgw_thread_pool_size = 32
END
}

start()
{
    local free
    for free in "$port" "$mon" "$tls"; do
        (: <"/dev/tcp/127.0.0.1/$free") 2>/dev/null && echo "rgw.sh: port $free is in use" >&2 && exit 1
    done
    mkdir -p "$dir"/{mon,osd/ceph-0,rgw,log}
    write_config
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$dir/tls.key" -out "$dir/tls.crt" -subj /CN=s3.localhost \
        -addext 'subjectAltName=DNS:s3.localhost,DNS:*.s3.localhost,DNS:localhost,IP:127.0.0.1' 2>/dev/null
    ceph-authtool -C "$keyring" --gen-key -n mon. --cap mon 'allow *'
    ceph-authtool "$keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
    ceph-authtool "$keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
    ceph-authtool "$keyring" --gen-key -n client.rgw --cap mon 'allow *' --cap osd 'allow *'
    monmaptool --create --clobber --addv a "[v2:127.0.0.1:$mon]" --fsid "$(sed -n 's/^fsid = //p' "$conf")" "$dir/monmap"
    ceph-mon -c "$conf" -i a --mkfs --monmap "$dir/monmap" --keyring "$keyring"
    ceph-mon -c "$conf" -i a --setuser root --setgroup root
    until_works 30 timeout 5 ceph -c "$conf" -s
    local uuid
    uuid=$(cat /proc/sys/kernel/random/uuid)
    ceph -c "$conf" osd new "$uuid"
    ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$uuid"
    ceph-osd -c "$conf" -i 0 --setuser root --setgroup root
    ceph -c "$conf" osd crush add osd.0 1.0 root=default host=here || true
    until_works 30 osd_is_up
    timeout 60 radosgw -c "$conf" -n client.rgw --setuser root --setgroup root
    until_works 60 curl -sf "http://127.0.0.1:$port/"
    radosgw-admin -c "$conf" -n client.rgw user create --uid=test --display-name=test --access-key="${S3_KEY:-rectestkey}" \
        --secret-key="${S3_SECRET:-rectestsecret}"
}

case $verb in
    start)
        rm -rf "$dir"
        mkdir -p "$dir/log"
        start >"$dir/log/start" 2>&1 || { cat "$dir/log/start" >&2 && stop && exit 1; }
        ;;
    stop) stop || true ;;
    *) exit 2 ;;
esac
