#!/bin/sh
# Alternates the two sides, so that a change of the machine's load meets both; prints every figure, then medians and their ratio.
# usage: bench/peers/compare.sh [rounds] [batch]
cd "$(dirname "$0")/../.." || exit 1
rounds=${1:-5} batch=${2:-512}
dotnet build bench/Polymath.Benchmarks -c Release --nologo -v q >&2 || exit 1
log=$(mktemp)
for threads in 1 2; do
    for _ in $(seq "$rounds"); do
        dotnet bench/Polymath.Benchmarks/bin/Release/net10.0/Polymath.Benchmarks.dll throughput shared-bottom "$threads" "$batch"
        OMP_NUM_THREADS=$threads /usr/bin/python3 bench/peers/shared_bottom.py "$threads" "$batch"
    done
done | tee "$log"
awk '{ split($3, parts, "="); for (i = 1; i <= NF; i++) if ($i ~ /^rows/) { split($i, r, "="); key = $1 " " parts[2]; v[key, ++n[key]] = r[2] } }
    function median(key,   i, j, x) { for (i = 1; i <= n[key]; i++) for (j = i + 1; j <= n[key]; j++) if (v[key, j] < v[key, i]) { x = v[key, i]; v[key, i] = v[key, j]; v[key, j] = x }
        return v[key, int((n[key] + 1) / 2)] }
    END { for (t = 1; t <= 2; t++) { p = median("polymath " t); q = median("torch " t); printf "threads %d: polymath %d rows/s, torch %d rows/s, ratio %.2f\n", t, p, q, p / q } }' "$log"
rm -f "$log"
