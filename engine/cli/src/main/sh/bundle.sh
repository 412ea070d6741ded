#!/usr/bin/env bash
# Puts everything that Convoke needs but a driver and NVIDIA's libraries into one archive.
#
#   bundle.sh ROOT TARGET VERSION PLATFORM JAVA_HOME
#
# ROOT is the repository, TARGET the command line's build folder with lib/, classes/ and bundle-test/ (JUnit's console);
# the contract suite comes from the test jars of core and cuda. Leaves TARGET/convoke-VERSION-PLATFORM.tar.xz and prints its
# size; fails where that is above the limit.
set -euo pipefail

root=$(cd "$1" && pwd) target=$2 version=$3 platform=$4 java_home=$5
limit=60000000 # bytes
name=convoke-$version-$platform
stage=$target/bundle/$name
archive=$target/$name.tar.xz
# Of the CUDA binding: the backend calls the runtime, cuBLAS and cuDNN. The jar binds twenty libraries more.
cuda_bindings=(libjnicudart.so libjnicublas.so libjnicudnn.so)

fail() {
    printf 'convoke-bundle: %s\n' "$1" >&2
    exit 1
}

for tool in "$java_home/bin/jlink" "$java_home/bin/jdeps" "$java_home/bin/jar" tar xz; do
    command -v "$tool" >/dev/null || fail "$tool is missing; on Debian: apt install openjdk-17-jdk-headless tar xz-utils"
done
case $platform in
linux-x86_64) system="Linux x86_64" ;;
linux-arm64) system="Linux aarch64" ;;
*) fail "there is no bundle for $platform" ;;
esac

rm -rf "$target/bundle"
mkdir -p "$stage"/{lib,native,test,gpu,licenses}
unpacked=$target/bundle/unpacked

# Native libraries lie on the class path as plain files: JavaCPP uses them where they are, and needs no cache.
take_natives() { # jar
    rm -rf "$unpacked" && mkdir "$unpacked"
    (cd "$unpacked" && "$java_home/bin/jar" --extract --file "$1")
    (cd "$unpacked" && find . -name '*.so*' -type f) | while read -r file; do
        case $file in
        */org/bytedeco/cuda/*) [[ " ${cuda_bindings[*]} " == *" ${file##*/} "* ]] || continue ;;
        esac
        mkdir -p "$stage/native/${file%/*}"
        mv "$unpacked/$file" "$stage/native/$file"
    done
}

pack() { # folder, jar
    "$java_home/bin/jar" --create --file "$2" --date "2026-01-01T00:00:00Z" -C "$1" .
}

take_licenses() { # jar
    local of=$stage/licenses/${1##*/}
    rm -rf "$unpacked" && mkdir "$unpacked"
    (cd "$unpacked" && "$java_home/bin/jar" --extract --file "$1" META-INF)
    find "$unpacked/META-INF" -type f -size +0 \( -iname 'licen[cs]e*' -o -iname 'notice*' \) -print0 |
        while IFS= read -r -d '' file; do
            mkdir -p "${of%.jar}"
            cp "$file" "${of%.jar}/"
        done
}

for jar in "$target"/lib/*.jar; do
    case ${jar##*/} in
    *-"$platform".jar) take_natives "$jar" ;;
    convoke-native-*)
        take_natives "$jar"
        pack "$unpacked" "$stage/lib/${jar##*/}"
        ;;
    *) cp "$jar" "$stage/lib/" ;;
    esac
    take_licenses "$jar"
done
rm -rf "$unpacked"
pack "$target/classes" "$stage/lib/convoke-cli-$version.jar"
cp "$target"/bundle-test/*.jar "$root"/engine/{core,cuda}/target/convoke-*-"$version-tests.jar" "$stage/test/"

# Not compressed: xz does better on what jlink leaves as it is.
# TLS with elliptic curves, for downloads, is found at run time only.
modules=$("$java_home/bin/jdeps" --ignore-missing-deps --multi-release 17 --print-module-deps \
    "$stage"/lib/*.jar "$stage"/test/*.jar | tail -n 1),jdk.crypto.ec
"$java_home/bin/jlink" --add-modules "$modules" --output "$stage/runtime" --strip-debug --no-man-pages --no-header-files \
    --compress=0
java_version=$("$stage/runtime/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')

sed -e "s/@SYSTEM@/$system/g" -e "s/@JAVA@/$java_version/g" "$root/engine/cli/src/main/bundle/convoke" >"$stage/convoke"
chmod 755 "$stage/convoke"
cp "$root/LICENSE" "$root/engine/cli/src/main/bundle/THIRD-PARTY.txt" "$stage/"
cp "$root/bench/gpu/run.sh" "$stage/gpu/"
# Of the kernels' build, what bench/gpu/run.sh starts; a build without nvcc has no kernels to try.
for file in convoke_cuda_test simulated/libconvoke_transcript.so; do
    if [[ -f $root/native/target/cmake/$file ]]; then
        cp "$root/native/target/cmake/$file" "$stage/gpu/"
    fi
done

tar --create --sort=name --owner=0 --group=0 --numeric-owner --mtime="2026-01-01 00:00Z" -C "$target/bundle" "$name" |
    xz -6 --threads=2 >"$archive"
bytes=$(stat -c %s "$archive")
printf 'bundle: %s, %d.%d MB\n' "${archive#"$root"/}" $((bytes / 1000000)) $((bytes % 1000000 / 100000))
((bytes <= limit)) || fail "the archive is larger than $limit bytes"
rm -rf "$target/bundle"
