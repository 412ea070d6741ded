package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;

/** Names of kernels, as profiles show them. */
final class CpuKernels {
    private CpuKernels() {}

    /** A kernel of ours, with the instruction set that it runs on. */
    static String own(String what) {
        return "ours: " + what + " (" + Kernels.instructionSet() + ")";
    }

    /** Primitives of oneDNN, by the names that it gives to their code; equal neighbors are named once. */
    static String library(DnnlPrimitive... primitives) {
        StringBuilder words = new StringBuilder("oneDNN:");
        String last = "";
        for (DnnlPrimitive primitive : primitives) {
            String name = primitive.implementation();
            if (!name.equals(last)) {
                words.append(last.isEmpty() ? " " : ", ").append(name);
            }
            last = name;
        }
        return words.toString();
    }

    /** A backward pass before which our kernel may stop the gradient at the ReLU. */
    static String masked(CpuReluFusion relu, String backward) {
        return relu == CpuReluFusion.MASKS ? own("ReLU mask") + "; " + backward : backward;
    }

    /** The way in which the fused forward pass computes its convolution. */
    static String fusedForward(int algorithm) {
        if (algorithm == Kernels.SINGLE_CHANNEL) {
            return "one-channel direct";
        }
        if (algorithm == Kernels.WINOGRAD_2) {
            return "Winograd F(2x2,3x3)";
        }
        return algorithm == Kernels.WINOGRAD_4 ? "Winograd F(4x4,3x3)" : "direct";
    }
}
