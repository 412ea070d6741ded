#!/bin/sh
# Header, libraries and Java binding of the CUDA kernels name the same functions.
# Usage: cuda_abi_test.sh NM HEADER BINDING LIBRARY...
set -eu

nm=$1 header=$2 binding=$3
shift 3

declared=$(grep -v '^ \*' "$header" | grep -o 'CONVOKE_API [^(]*(' | grep -o 'convoke_[a-z0-9_]*(' | tr -d '(' | sort)
bound=$(grep -o '@Name("convoke_cuda_[a-z0-9_]*")' "$binding" | cut -d'"' -f2 |
    grep -v -x -e convoke_cuda_device -e convoke_cuda_optimizer | sort)
status=0
[ "$declared" = "$bound" ] || { echo "$header and $binding differ:"; status=1; }
[ "$status" = 0 ] || { printf '%s\n' "$declared" "$bound" | sort | uniq -u; }
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
