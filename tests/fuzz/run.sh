#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh SECONDS [TARGET...]: libFuzzer on each target, with the sanitizers for addresses and undefined behaviour. What it finds stays in
# build/fuzz/findings, and the exit status is 1; mend it, then add the file, made smaller, to testdata/fuzz/TARGET.
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=$1
shift
build=build/fuzz
found=$build/findings
clang=${CLANG:-clang}

if ! echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
    "$clang" -fsanitize=fuzzer,address,undefined -xc - -o /dev/null 2>/dev/null; then
    echo "make fuzz wants clang with libFuzzer; on Debian: apt install clang libclang-rt-14-dev llvm" >&2
    exit 1
fi
mkdir -p "$found"
${MAKE:-make} CC="$clang" BUILD=$build SANITIZE=fuzzer-no-link,address,undefined HARDEN= HARDEN_LD= fuzzers >"$build.log" 2>&1 ||
    { tail -n 20 "$build.log" >&2 && exit 1; }
TMPDIR=$(mktemp -d) || exit 1
trap 'rm -rf "$TMPDIR"' EXIT
export TMPDIR
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
bad=0

targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(basename -s .c tests/fuzz/*.c)
for target in "${targets[@]}"; do
    most=4096
    case $target in
        media | wav) most=65536 ;;
        manifest | json | bytes) most=16384 ;;
    esac
    mkdir -p "$build/corpus/$target"
    # shellcheck disable=SC2086 # several options
    "$build/fuzz/$target" -max_total_time="$seconds" -max_len=$most -rss_limit_mb=2560 -malloc_limit_mb=1024 -timeout=25 \
        -artifact_prefix="$found/$target-" -print_final_stats=1 -verbosity=1 ${FUZZ_OPTIONS-} \
        "$build/corpus/$target" "testdata/fuzz/$target" >"$build/$target.log" 2>&1
    status=$?
    awk -v target="$target" '/ cov: / { for (i = 1; i < NF; i++) { if ($i == "cov:") cov = $(i + 1); if ($i == "ft:") ft = $(i + 1) } }
        /^stat::number_of_executed_units/ { n = $2 } /^Done / { for (i = 1; i < NF; i++) if ($i == "in") s = $(i + 1) }
        END { printf "%s: %d executions in %d s, %d edges, %d features\n", target, n, s, cov, ft }' "$build/$target.log"
    [ $status -eq 0 ] && continue
    bad=1
    echo "$target: a finding, see $build/$target.log" >&2
    grep -m 5 -E 'ERROR|SUMMARY|runtime error|does not hold|Test unit written' "$build/$target.log" >&2
done
exit $bad
