package dev.convoke.backend.cpu;

import dev.convoke.backend.DeviceFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the CPU backend runs on.
 *
 * @param oneDnn version of oneDNN; null where it does not load
 * @param oneDnnInstructionSet what oneDNN picked for this processor; null where it does not load
 * @param kernelInstructionSet what our own kernels picked: {@code portable}, {@code avx2} or {@code avx512}; null where they
 *     do not load
 * @param missing why the backend cannot run, one line with the remedy; null where it can
 */
record CpuFacts(
        @Nullable String oneDnn,
        @Nullable String oneDnnInstructionSet,
        @Nullable String kernelInstructionSet,
        @Nullable String missing) {
    /** For {@code convoke doctor}. */
    DeviceFacts toDeviceFacts() {
        List<DeviceFacts.Line> lines = List.of(
                new DeviceFacts.Line("oneDNN", oneDnn == null ? "not loaded" : oneDnn + ", " + oneDnnInstructionSet),
                new DeviceFacts.Line(
                        "our kernels", kernelInstructionSet == null ? "not loaded" : kernelInstructionSet));
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("onednn", oneDnn);
        values.put("onednn_instruction_set", oneDnnInstructionSet);
        values.put("kernels_instruction_set", kernelInstructionSet);
        return new DeviceFacts(lines, values, missing == null ? List.of() : List.of(missing));
    }
}
