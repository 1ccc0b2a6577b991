#!/bin/sh
# The whole suite: each part with OpenBLAS as shipped and with the core named by $BENCH_CORE
# (default SkylakeX where the processor has AVX-512, else Haswell), in separate processes.
# Usage: bench/run.sh BUILD-DIRECTORY [OUTPUT-DIRECTORY]
set -eu
[ $# -ge 1 ] || { echo "usage: $0 BUILD-DIRECTORY [OUTPUT-DIRECTORY]" >&2; exit 2; }
programs=$1/bench
out=${2:-out/bench}
[ -x "$programs/score" ] || { echo "$0: no $programs/score: build with -Dbenchmarks=true" >&2; exit 2; }
mkdir -p "$out"
python=/usr/bin/python3
[ -x $python ] || python=python3
if [ -z "${BENCH_CORE:-}" ]; then
    BENCH_CORE=Haswell
    grep -q avx512f /proc/cpuinfo && BENCH_CORE=SkylakeX
fi

{
    date -u +%Y-%m-%dT%H:%MZ
    uptime
    git -C "$(dirname "$0")" rev-parse HEAD 2>/dev/null || true
    lscpu
} >"$out/machine.txt"

for core in shipped "$BENCH_CORE"; do
    if [ "$core" = shipped ]; then
        unset OPENBLAS_CORETYPE
    else
        export OPENBLAS_CORETYPE="$core"
    fi
    echo "== OpenBLAS $core"
    "$programs/score" --peers --python $python --out "$out" | tee "$out/score-$core.txt"
    for batch in 1 128; do
        for method in ode sde; do
            "$programs/trajectory" --batch $batch --method $method |
                tee "$out/trajectory-$batch-$method-$core.txt"
        done
    done
done
"$programs/nearest" | tee "$out/nearest.txt"
"$programs/covariance" | tee "$out/covariance.txt"
"$programs/growth" --out "$out" | tee "$out/growth.txt"
