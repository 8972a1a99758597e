#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh: from a fresh clone to a composed meeting. Prints the path of the MP4 as its last line.
set -eu
cd "$(dirname "$0")/.."
make=${MAKE:-make}
build=${BUILD:-build}
out=$build/demo/S1-two.mp4

$make --no-print-directory deps
$make --no-print-directory -j"$(getconf _NPROCESSORS_ONLN)" all
mkdir -p "$build/demo"
"$build/bin/rec-compose" --session testdata/S1-two/session.json -o "$out"
echo "$out"
