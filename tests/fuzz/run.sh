#!/bin/bash
# Long runs of the fuzz targets by libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer.
# Usage: tests/fuzz/run.sh BUILD MINUTES [TARGET...]   (default: all targets, one after another)
#
# Builds with clang in BUILD, runs each target for so many minutes of a processor from its corpus, however busy the
# machine is, and prints a table: target | minutes | executions | coverage in edges | new findings; then what each target
# reached. A target goes on after a finding. What it found is in BUILD/fuzzing/TARGET: findings, the grown corpus, log.
# Ends with status 1 if there are findings or a target did not run.
#
# Limits of one input: 2 GB, 512 MB in a piece, and its seconds below (a sanitized build, one core).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
[ $# -ge 2 ] || { sed -n 3p "$0"; exit 2; }
build=$1
minutes=$2
shift 2
declare -A SECONDS_OF=([api]=60) LENGTH_OF=([api]=1200 [images]=3000 [results]=4000 [saved]=200)
declare -A COMPARES=([images]=1 [points]=1 [results]=1 [closed]=1) # targets that are fast: how near comparisons are, counts too
export ASAN_OPTIONS=allocator_may_return_null=1:max_allocation_size_mb=1024:detect_stack_use_after_return=0
declare -A words=() # lists of words of the formats
for list in tests/fuzz/*.dict; do
    words[$(basename "$list" .dict)]="-dict=$list"
done
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 OPENBLAS_NUM_THREADS=1

stamp=$(mktemp)
trap 'rm -f "$stamp" "$stamp.log"' EXIT

[ -f "$build/build.ninja" ] ||
    CC=clang meson setup "$build" -Dfuzzers=true -Dtests=enabled -Ddefault_library=static -Dexamples=false \
        -Dbenchmarks=false -Dbuildtype=debugoptimized -Db_lundef=false -Db_sanitize=address,undefined \
        -Dc_args=-fsanitize=fuzzer-no-link >"$stamp.log" 2>&1 || { cat "$stamp.log"; exit 2; }
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(find tests/fuzz/corpus -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)
ninja -C "$build" "${targets[@]/#/tests/fuzz/libfuzzer_}" >"$stamp.log" 2>&1 || { cat "$stamp.log"; exit 2; }

# The last number behind a word of a log.
last() {
    grep -o "$1 *[0-9]*" "$2" | tail -1 | grep -o '[0-9]*$'
}

# One target until its time of a processor is over; begins again after each finding, and where others had the processor.
run_target() {
    local target=$1 room="$build/fuzzing/$1" TIMEFORMAT='%U %S'
    local wanted used=0 executions=0 rounds=0
    wanted=$(awk -v minutes="$minutes" 'BEGIN { print int(60 * minutes + 0.5) }')
    mkdir -p "$room/corpus" "$room/findings"
    : >"$room/log"
    # Not for ever where a file of the corpus itself is a finding.
    while [ "$used" -lt "$wanted" ] && [ $((rounds += 1)) -le 100 ]; do
        { time nice -n 10 "$build/tests/fuzz/libfuzzer_$target" -max_total_time=$((wanted - used + 10)) \
            -timeout="${SECONDS_OF[$target]:-20}" \
            -rss_limit_mb=2048 -malloc_limit_mb=512 -max_len="${LENGTH_OF[$target]:-1000}" -len_control=20 \
            -use_value_profile="${COMPARES[$target]:-0}" -print_final_stats=1 \
            ${words[$target]:+"${words[$target]}"} -artifact_prefix="$room/findings/" \
            "$room/corpus" "tests/fuzz/corpus/$target" >"$room/part" 2>&1; } 2>"$room/time"
        used=$(awk -v used="$used" '{ print int(used + $1 + $2 + 0.5) }' "$room/time")
        executions=$((executions + $(last stat::number_of_executed_units: "$room/part" || echo 0)))
        cat "$room/part" >>"$room/log"
    done
    echo "| $target | $((used / 60)) | $executions | $(last 'cov:' "$room/log") | $(find "$room/findings" -type f -newer "$stamp" | wc -l) |"
    grep '^reached' "$room/log" | tail -1 >"$room/reached"
    [ "$executions" -gt 0 ] || { tail -5 "$room/log"; broken=1; }
}

broken=0
echo "| target | minutes | executions | edges | new findings |"
echo "|---|---|---|---|---|"
for target in "${targets[@]}"; do
    run_target "$target"
done
echo
for target in "${targets[@]}"; do
    echo "$target: $(cat "$build/fuzzing/$target/reached")"
done
for target in "${targets[@]}"; do
    find "$build/fuzzing/$target/findings" -type f -newer "$stamp"
done | sed 's/^/finding: /' | tee "$stamp.log"
[ ! -s "$stamp.log" ] && [ "$broken" -eq 0 ]
