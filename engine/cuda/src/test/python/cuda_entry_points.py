#!/usr/bin/env python3
"""Writes entry-points.csv: where each CUDA entry point that Convoke calls was seen.

    cuda_entry_points.py LIBCUDART BINDING_12_9 BINDING_13_1 < names > entry-points.csv

LIBCUDART is libcudart.so.13 of toolkit 13.0; the bindings are JavaCPP's jars with the classifier linux-x86_64, whose
libraries name the entry points that they need. NVIDIA's cuBLAS and cuDNN of 13.0 need not be at hand: what both the older
and the newer binding call, the release between them has. Names come one a line.
"""

import io
import re
import subprocess
import sys
import tempfile
import zipfile

LIBRARIES = {"cuda": "cudart", "cudnn": "cudnn", "cublas": "cublas"}
VERSIONS = {"cudart": ("12.9", "13.1"), "cudnn": ("9.10", "9.19"), "cublas": ("12.9", "13.1")}


def symbols(path, which):
    text = subprocess.run(["nm", "-D", which, path], check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].split("@")[0] for line in text.splitlines() if line.strip()}


def binding(jar, library):
    name = f"org/bytedeco/cuda/linux-x86_64/libjni{library}.so"
    with zipfile.ZipFile(jar) as archive, tempfile.NamedTemporaryFile(suffix=".so") as file:
        file.write(archive.read(name))
        file.flush()
        return symbols(file.name, "--undefined-only")


def main():
    runtime, older, newer = sys.argv[1:]
    names = sorted(set(sys.stdin.read().split()))
    offered = symbols(runtime, "--defined-only")
    out = io.StringIO()
    out.write("name,library,cuda 12.9,cuda 13.0\n")
    for name in names:
        library = LIBRARIES[re.match("cudnn|cublas|cuda", name).group(0)]
        old, new = VERSIONS[library]
        if name not in binding(older, library):
            sys.exit(f"{name} is not in the binding of CUDA 12.9")
        if library == "cudart":
            seen = name in offered and "libcudart 13.0"
        else:
            seen = name in binding(newer, library) and f"bindings {old} and {new}"
        if not seen:
            sys.exit(f"{name} is not in CUDA 13.0")
        out.write(f"{name},{library},binding {old},{seen}\n")
    sys.stdout.write(out.getvalue())


if __name__ == "__main__":
    main()
