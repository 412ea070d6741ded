#!/bin/sh
# Prints the table of what nvcc's PTX does on the interpreter, an architecture a row: table.sh BUILD_DIR [ORDER...]
# An order is one of the second run of every call, beside lockstep: backward (the default) or random:SEED.
set -eu
build=$1
shift
program=$(find "$build" -name convoke_ptx_test -type f)
"$(find "$build" -name ptx_interpreter_test -type f)" "$(dirname "$0")/faults.ptx" | head -n 1
echo
echo "| PTX of | kernels that ran | launches | checks | failed | violations | PTX instructions executed |"
echo "|---|---|---|---|---|---|---|"
for architecture in 75 90 120; do
    if ls "$build"/ptx/*.compute_"$architecture".ptx >/dev/null 2>&1; then
        for order in "${@:-backward}"; do
            "$program" "$build/ptx" "$architecture" --order="$order" --row
        done
    fi
done
