#!/bin/sh
# Writes the JavaCPP bindings from the headers of the C ABI; the Maven build calls it. Does nothing where neither the
# headers, nor the generator, nor JavaCPP has changed since.
# Usage: generate_bindings.sh JAVA_HOME CLASSPATH GENERATOR HEADERS SOURCES
set -eu

java=$1/bin/java classpath=$2 generator=$3 headers=$4 sources=$5
done=$sources/inputs.cksum

inputs=$({ echo "$classpath"; cat "$generator" "$headers"/*.h "$headers"/cpu/fused_convolution.h; } | cksum)
if [ -f "$done" ] && [ "$(cat "$done")" = "$inputs" ]; then
    exit 0
fi
mkdir -p "$sources"
"$java" -cp "$classpath" "$generator" "$headers" "$sources"
echo "$inputs" >"$done"
