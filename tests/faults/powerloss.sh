#!/bin/bash
# SPDX-License-Identifier: MIT
# powerloss.sh INPUTS OUTPUT... -- COMMAND...: what a power cut right after COMMAND's exit 0 leaves. Runs it in a fresh ext4 on a loop
# device that writes nothing by itself (commit=300, noauto_da_alloc), with a copy of the folder INPUTS as in/ and old OUTPUTs in out/; lets
# another file's fsync commit the journal; takes the disk as it is at that instant, mounts the copy, and compares each OUTPUT with what was
# there before. As root. Exit 0: whole; 1: lost; 77: no file system can be made here.
set -u
inputs=$1
shift
outputs=()
while [ "$1" != -- ]; do
    outputs+=("$1")
    shift
done
shift
work=$(mktemp -d) || exit 1
trap 'umount "$work/live" "$work/cut" 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/live" "$work/cut"

truncate -s 64M "$work/disk" && mkfs.ext4 -q -F "$work/disk" &&
    mount -o loop,commit=300,noauto_da_alloc "$work/disk" "$work/live" || exit 77
cp -r "$inputs" "$work/live/in"
mkdir "$work/live/out" "$work/live/tmp"
for name in "${outputs[@]}"; do
    echo old >"$work/live/out/$name"
done
echo other >"$work/live/other"
sync -f "$work/live"

(cd "$work/live" && TMPDIR=$work/live/tmp "$@") || exit 1
dd if=/dev/zero of="$work/live/other" bs=1 count=1 conv=notrunc,fsync status=none
cp "$work/disk" "$work/later"
mount -o loop "$work/later" "$work/cut" || exit 77
for name in "${outputs[@]}"; do
    cmp "$work/live/out/$name" "$work/cut/out/$name" || exit 1
done
