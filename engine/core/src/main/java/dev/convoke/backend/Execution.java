package dev.convoke.backend;

import dev.convoke.plan.Precision;

/**
 * How a session executes, independent of what it computes.
 *
 * @param threads CPU threads of one session
 * @param precision number format
 * @param kernels kernels for the plan's fused groups, for backends that have a choice
 * @param algorithms allowed algorithms of the vendor's library, for backends whose library has nondeterministic ones
 */
public record Execution(int threads, Precision precision, KernelChoice kernels, AlgorithmChoice algorithms) {
    public static final Execution SINGLE_THREAD = new Execution(1, Precision.FLOAT32, KernelChoice.AUTO);

    public Execution {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
    }

    /** With the fastest algorithms. */
    public Execution(int threads, Precision precision, KernelChoice kernels) {
        this(threads, precision, kernels, AlgorithmChoice.FASTEST);
    }

    /** Kernels for the fused groups. */
    public enum KernelChoice {
        /** Whichever is faster for the shape. */
        AUTO,
        /** The vendor's library throughout. */
        LIBRARY,
        /** Our own wherever there is one. */
        OWN
    }

    /** Algorithms of the vendor's library that may be used. */
    public enum AlgorithmChoice {
        /** The fastest algorithm, including nondeterministic ones. */
        FASTEST,
        /** Those alone that give the same bits every time. */
        DETERMINISTIC
    }
}
