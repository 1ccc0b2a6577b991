#!/bin/sh
# Passes over a file that is larger than memory, against a plain read of it; as root:
#   bench/in_place.sh BUILD FILE [GB_OF_FILE] [GB_OF_MEMORY]
# Makes the file (bytes, d = 12288) where there is none, and runs in a control group with that limit.
set -eu
build=$1 file=$2 size=${3:-12} limit=${4:-2}
if [ ! -e "$file" ]; then
    python3 - "$file" "$size" <<'PYTHON'
import os, sys
d, path = 12288, sys.argv[1]
n = int(float(sys.argv[2]) * 1e9) // d
head = "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, %d), }" % (n, d)
head += " " * (117 - len(head)) + "\n"
with open(path, "wb") as f:
    f.write(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode())
    left = n
    while left > 0:
        rows = min(left, 2000)
        f.write(os.urandom(rows * d))
        left -= rows
PYTHON
fi
bytes=$(awk "BEGIN { printf \"%.0f\", $limit * 1024 * 1024 * 1024 }")
if [ -d /sys/fs/cgroup/memory ]; then
    group=/sys/fs/cgroup/memory/in_place.$$
    mkdir "$group"
    echo "$bytes" >"$group/memory.limit_in_bytes"
else
    group=/sys/fs/cgroup/in_place.$$
    mkdir "$group"
    echo "$bytes" >"$group/memory.max"
fi
trap 'rmdir "$group"' EXIT
sh -c 'echo $$ >"$1/cgroup.procs"; exec "$2" "$3" 2' sh "$group" "$build/bench/in_place" "$file"
