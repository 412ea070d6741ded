package dev.convoke.backend;

import dev.convoke.plan.Precision;

/**
 * How a session runs, beside what it computes.
 *
 * @param threads CPU threads of one session
 * @param precision number format
 * @param kernels which kernels serve the plan's fused groups, for backends that have a choice
 * @param algorithms which of a library's algorithms may serve, for backends whose library has some that are not reproducible
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

    /** Which kernels serve the fused groups. */
    public enum KernelChoice {
        /** Whichever is faster for the shape. */
        AUTO,
        /** The vendor's library throughout. */
        LIBRARY,
        /** Our own wherever there is one. */
        OWN
    }

    /** Which algorithms of the vendor's library may serve. */
    public enum AlgorithmChoice {
        /** Whichever is fastest, also where its sums are added in an order that chance decides. */
        FASTEST,
        /** Those alone that give the same bits every time. */
        DETERMINISTIC
    }
}
