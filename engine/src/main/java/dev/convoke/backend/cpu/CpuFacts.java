package dev.convoke.backend.cpu;

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
public record CpuFacts(
        @Nullable String oneDnn,
        @Nullable String oneDnnInstructionSet,
        @Nullable String kernelInstructionSet,
        @Nullable String missing) {
    /** Those of this process; loads the libraries at the first call. */
    public static CpuFacts get() {
        return CpuLibraries.facts();
    }
}
