#!/bin/sh
# The libraries of the CUDA kernels, the simulated one too, export what the header declares, and nothing else.
# Usage: cuda_abi_test.sh NM HEADER LIBRARY...
set -eu

nm=$1 header=$2
shift 2

declared=$(grep -v '^ \*' "$header" | grep -o 'CONVOKE_API [^(]*(' | grep -o 'convoke_[a-z0-9_]*(' | tr -d '(' | sort)
status=0
for library in "$@"; do
    exported=$("$nm" -D --defined-only "$library" | awk '{ print $3 }' | grep '^convoke_' | sort)
    if [ "$declared" != "$exported" ]; then
        echo "$header and $library differ:"
        printf '%s\n' "$declared" "$exported" | sort | uniq -u
        status=1
    fi
done
[ "$status" != 0 ] || echo "$(printf '%s\n' "$declared" | wc -l) functions, the same everywhere"
exit "$status"
