#!/bin/sh
# Header, libraries and Java binding of the CUDA kernels name the same functions. Those of `unbound` may still lack
# their line in the binding; take a name out of the list with the line that binds it.
# Usage: cuda_abi_test.sh NM HEADER BINDING LIBRARY...
set -eu

nm=$1 header=$2 binding=$3
shift 3

declared=$(grep -v '^ \*' "$header" | grep -o 'CONVOKE_API [^(]*(' | grep -o 'convoke_[a-z0-9_]*(' | tr -d '(' | sort)
bound=$(grep -o '@Name("convoke_cuda_[a-z0-9_]*")' "$binding" | cut -d'"' -f2 |
    grep -v -x -e convoke_cuda_device -e convoke_cuda_optimizer | sort)
unbound='convoke_cuda_accumulate
convoke_cuda_add
convoke_cuda_copy_channels
convoke_cuda_global_average_pool_backward
convoke_cuda_global_average_pool_forward
convoke_cuda_global_max_pool_backward
convoke_cuda_global_max_pool_forward
convoke_cuda_load_examples
convoke_cuda_loss
convoke_cuda_parameters_clip
convoke_cuda_parameters_penalty
convoke_cuda_parameters_update
convoke_cuda_transpose_batch'
status=0
differing=$(printf '%s\n' "$declared" "$bound" | sort | uniq -u | while read -r name; do
    # Declared but not bound is allowed for what the list names.
    if ! printf '%s\n' "$declared" | grep -q -x "$name" || ! printf '%s\n' "$unbound" | grep -q -x "$name"; then
        echo "$name"
    fi
done)
[ -z "$differing" ] || { echo "$header and $binding differ:"; echo "$differing"; status=1; }
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
