#!/usr/bin/env bash
# Proves Convoke's CUDA backend on a machine with an NVIDIA GPU, without Java:
#
#   run.sh BUNDLE DATA OUT
#
# BUNDLE is the archive that mvn -Pbundle package makes, or the folder it unpacks to; DATA the folder that holds MNIST's
# four IDX files, or their parent; OUT a folder for logs and JSON, made if it is not there. NVIDIA's libraries may be
# installed, or be Python wheels: every nvidia/*/lib under python3's site-packages is put on LD_LIBRARY_PATH.
#
# Stages: the contract suite in fp32, tf32 and bf16, with the fastest algorithms and the library's; 200 training steps
# beside reference in each precision; base model on MNIST, 3 epochs, no flip; compute-sanitizer over our kernels;
# a transcript that the simulated device can be checked against. Each goes on where one before failed. The last thing printed is a table; the same
# lies in OUT/results.json. Exit codes: 0 all passed, 1 a stage failed, 2 usage, 6 no GPU.
#
# CONVOKE_GPU_STAGES picks stages by name, as in CONVOKE_GPU_STAGES="contract-fp32 train-fp32".
set -uo pipefail

fail() { # exit code, message
    printf 'run.sh: %s\n' "$2" >&2
    exit "$1"
}

[[ $# -eq 3 ]] || fail 2 "usage: run.sh BUNDLE DATA OUT"
[[ -e $1 ]] || fail 2 "there is no bundle at $1"
[[ -d $2 ]] || fail 2 "there is no folder of data at $2"
mkdir -p "$3" || fail 2 "the folder $3 cannot be made"
bundle=$(realpath "$1")
data=$(realpath "$2")
out=$(realpath "$3")
begun=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# --- The bundle and NVIDIA's libraries -------------------------------------------------------------------------------
if [[ -f $bundle ]]; then
    mkdir -p "$out/bundle"
    # A machine without xz may have Python, which can unpack as well.
    if command -v xz >/dev/null; then
        tar --extract --file "$bundle" -C "$out/bundle" || fail 2 "$bundle is no archive"
    else
        python3 -m tarfile --extract "$bundle" "$out/bundle" || fail 2 "xz is missing; on Debian: apt install xz-utils"
    fi
    bundle=$(dirname "$(echo "$out"/bundle/*/convoke)")
fi
convoke=$bundle/convoke
[[ -x $convoke ]] || fail 2 "$bundle holds no launcher"

if command -v python3 >/dev/null; then
    while read -r folder; do
        LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder
    done < <(python3 -c '
import glob, site, sysconfig
roots = dict.fromkeys([sysconfig.get_paths()["purelib"], *site.getsitepackages(), site.getusersitepackages()])
for root in roots:
    print(*sorted(glob.glob(glob.escape(root) + "/nvidia/*/lib")), sep="\n")' | grep . | sort -u)
fi
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}

"$convoke" doctor --json >"$out/doctor.json" 2>"$out/doctor.log" || fail 1 "doctor failed: $(tail -n 1 "$out/doctor.log")"
"$convoke" doctor >"$out/doctor.txt" 2>&1
if ! grep -q '^  cuda  *runs' "$out/doctor.txt"; then
    reason=$(sed -n '/^missing$/{n;s/^ *//;p;q}' "$out/doctor.txt")
    fail 6 "no GPU to prove anything on: ${reason:-doctor says why in $out/doctor.txt}"
fi

# --- Stages ----------------------------------------------------------------------------------------------------------
names=() states=() seconds=() details=()

# Runs a stage's command with its output in OUT/NAME.log, and keeps name, state and time. The function "detail" may say
# more; it is called with the log.
stage() { # name, function that gives the detail from the log, command...
    local name=$1 detail=$2 state=passed from=$SECONDS
    shift 2
    if [[ -n ${CONVOKE_GPU_STAGES:-} && " $CONVOKE_GPU_STAGES " != *" $name "* ]]; then
        return
    fi
    printf '%s ... ' "$name" >&2
    "$@" >"$out/$name.log" 2>&1 || state="failed ($?)"
    printf '%s, %d s\n' "$state" $((SECONDS - from)) >&2
    names+=("$name")
    states+=("$state")
    seconds+=($((SECONDS - from)))
    details+=("$("$detail" "$out/$name.log" 2>/dev/null)")
}

contract() { # precision's name, test classes...
    local reports=$out/contract-$1 options=()
    shift
    local class
    for class in "$@"; do
        options+=(--select-class "dev.convoke.backend.cuda.$class")
    done
    CONVOKE_MAIN=org.junit.platform.console.ConsoleLauncher CONVOKE_CLASS_PATH="$bundle/test/*" \
        "$convoke" execute --disable-banner --disable-ansi-colors --details=summary --reports-dir "$reports" \
        --fail-if-no-tests "${options[@]}"
}

contract_detail() {
    awk '/tests successful/ { passed = $2 } /tests failed/ { failed = $2 } /tests found/ { found = $2 }
        END { printf "%d of %d cases agree with reference, %d failed", passed, found, failed }' "$1"
}

parity() { # precision
    "$convoke" doctor --verify --device cuda --precision "$1" --steps 200 --json >"$out/parity-$1.json"
}

parity_detail() {
    local json=${1%.log}.json
    awk '/"tolerance"/ { all++ } /"passed" *: *false/ { failed++ } END {
        # The verdict on the whole is one of those that failed.
        printf "%d of %d comparisons within tolerance", all - (failed > 0 ? failed - 1 : 0), all }' "$json"
}

train() { # precision
    rm -rf "$out/mnist-$1"
    "$convoke" train base-adam --dataset mnist --data-dir "$data" --offline --device cuda --precision "$1" --epochs 3 \
        --set augmentation.horizontal_flip=false --gate 'val_accuracy>=0.98' --out "$out/mnist-$1"
}

train_detail() {
    grep -E 'epoch +3/3' "$1" | tail -n 1 | sed 's/  */ /g'
}

sanitizer() { # tool
    local tool
    tool=$(command -v compute-sanitizer || echo /usr/local/cuda/bin/compute-sanitizer)
    [[ -x $tool ]] || {
        echo "compute-sanitizer is not installed: apt install cuda-sanitizer-13-0"
        return 1
    }
    [[ -x $bundle/gpu/convoke_cuda_test ]] || {
        echo "the bundle was built without nvcc: there are no CUDA kernels in it"
        return 1
    }
    LD_LIBRARY_PATH=$bundle/native/dev/convoke/kernels/linux-$(uname -m):$LD_LIBRARY_PATH \
        "$tool" --tool "$1" --error-exitcode 9 "$bundle/gpu/convoke_cuda_test"
}

last_line() {
    tail -n 1 "$1"
}

# The contract suite again, its calls written down with digests of what they gave.
transcript() {
    local shim=$bundle/gpu/libconvoke_transcript.so
    [[ -f $shim ]] || {
        echo "the bundle holds no libconvoke_transcript.so"
        return 1
    }
    LD_PRELOAD=$shim CONVOKE_TRANSCRIPT=$out/transcript.txt contract transcript CudaContractTest &&
        [[ -s $out/transcript.txt ]]
}

transcript_detail() {
    wc -l <"$out/transcript.txt" | sed 's/$/ calls recorded/'
}

stage contract-fp32 contract_detail contract fp32 CudaContractTest
stage contract-tf32 contract_detail contract tf32 CudaTf32ContractTest
stage contract-bf16 contract_detail contract bf16 CudaBfloat16ContractTest
stage contract-fastest contract_detail contract fastest CudaFastestContractTest
stage contract-library contract_detail contract library CudaLibraryContractTest
stage session contract_detail contract session CudaSessionTest
for precision in fp32 tf32 bf16; do
    stage parity-$precision parity_detail parity $precision
done
for precision in fp32 tf32 bf16; do
    stage train-$precision train_detail train $precision
done
stage memcheck last_line sanitizer memcheck
stage racecheck last_line sanitizer racecheck
stage transcript transcript_detail transcript

# --- What came of it -------------------------------------------------------------------------------------------------
quoted() {
    printf '%s' "$1" | tr -d '\000-\037' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$/"/'
}

failures=0
{
    printf '{\n  "schema": 1,\n  "begun": "%s",\n  "stages": [' "$begun"
    for i in "${!names[@]}"; do
        [[ ${states[i]} == passed ]] || failures=$((failures + 1))
        ((i > 0)) && printf ','
        printf '\n    {"name": %s, "passed": %s, "state": %s, "seconds": %d, "detail": %s}' "$(quoted "${names[i]}")" \
            "$([[ ${states[i]} == passed ]] && echo true || echo false)" "$(quoted "${states[i]}")" "${seconds[i]}" \
            "$(quoted "${details[i]}")"
    done
    printf '\n  ],\n  "doctor": '
    sed '2,$s/^/  /' "$out/doctor.json"
    printf '}\n'
} >"$out/results.json"

printf '\n%-18s  %-12s  %7s  %s\n' stage state seconds detail
for i in "${!names[@]}"; do
    printf '%-18s  %-12s  %7d  %s\n' "${names[i]}" "${states[i]}" "${seconds[i]}" "${details[i]}"
done
printf '%d of %d stages passed; logs and results.json are in %s\n' $((${#names[@]} - failures)) "${#names[@]}" "$out"
((failures == 0))
