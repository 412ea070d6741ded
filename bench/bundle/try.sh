#!/usr/bin/env bash
# Tries a bundle as a stranger's machine would: an empty environment, another folder, a home that cannot be written, and no
# Java but the bundle's own.
#
#   bench/bundle/try.sh engine/cli/target/convoke-*.tar.xz
set -euo pipefail

[[ $# -eq 1 && -f $1 ]] || {
    echo "usage: try.sh ARCHIVE" >&2
    exit 2
}
archive=$(realpath "$1")
place=$(mktemp -d)
trap 'chmod -R u+w "$place"; rm -rf "$place"' EXIT
mkdir "$place/home" "$place/work" "$place/path"
tar --extract --file "$archive" -C "$place"
launcher=$(echo "$place"/convoke-*/convoke)
# Only what a launcher needs: no java is to be found, even where one is installed.
for tool in uname readlink stty; do
    ln -s "$(command -v $tool)" "$place/path/$tool"
done
chmod -R a-w "$place/home" "${launcher%/*}"

alone() {
    (cd "$place/work" && env -i PATH="$place/path" HOME="$place/home" "$launcher" "$@")
}

printf 'archive   %s bytes\n' "$(stat -c %s "$archive")"
alone doctor | tee "$place/doctor.txt"
if grep -E 'lib(convoke_kernels|dnnl)' "$place/doctor.txt" | grep -v ' bundle '; then
    echo "try.sh: a library was not loaded from the bundle" >&2
    exit 1
fi
alone train base-adam --dataset digits --epochs 1 --out "$place/work/run"
[[ -s $place/work/run/report.md ]] || {
    echo "try.sh: training left no report" >&2
    exit 1
}
ln -s "$launcher" "$place/work/through-a-link"
(cd / && env -i PATH="$place/path" "$place/work/through-a-link" --version)
echo "the bundle works"
