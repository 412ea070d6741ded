#!/bin/sh
# Records the simulated cuDNN and cuBLASLt tests twice, holds the transcripts against each other, and sees that a
# difference is found: in a result, in an argument, and where a line is missing.
# Usage: transcript_test.sh RECORDER COMPARE PROGRAM...
set -eu

recorder=$1
compare=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

record() {
    name=$1
    shift
    for program in "$@"; do
        LD_PRELOAD=$recorder CONVOKE_TRANSCRIPT=$folder/part "$program" >/dev/null 2>&1
        cat "$folder/part" >>"$folder/$name"
    done
}

must_differ() {
    if "$compare" "$folder/first" "$folder/changed" >/dev/null; then
        echo "transcript_test: a changed $1 is not found" >&2
        exit 1
    fi
}

record first "$@"
record second "$@"
"$compare" --exact "$folder/first" "$folder/second"
"$compare" "$folder/first" "$folder/second"

sed '/"squares"/{s/"sum":/"sum":9/;}' "$folder/first" >"$folder/changed"
must_differ result
sed 's/"alpha":1,/"alpha":2,/' "$folder/first" >"$folder/changed"
must_differ argument
sed '$d' "$folder/first" >"$folder/changed"
must_differ length
sed 's/"algorithm":1,/"algorithm":0,/' "$folder/first" >"$folder/changed"
"$compare" "$folder/first" "$folder/changed" >/dev/null || {
    echo "transcript_test: another algorithm is no difference" >&2
    exit 1
}
