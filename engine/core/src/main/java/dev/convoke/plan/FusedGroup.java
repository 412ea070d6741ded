package dev.convoke.plan;

import java.util.List;

/**
 * A chain of ops, each the only reader of the previous one, that a backend may execute with one kernel or with several
 * calls. The plan identifies the group, the backend decides.
 *
 * @param kind the pattern found
 * @param ops in order
 */
public record FusedGroup(Kind kind, List<Op> ops) {
    public FusedGroup {
        ops = List.copyOf(ops);
    }

    public Op first() {
        return ops.get(0);
    }

    public Op last() {
        return ops.get(ops.size() - 1);
    }

    /** Name of the group: its ops', joined. */
    public String name() {
        return ops.stream().map(Op::name).collect(java.util.stream.Collectors.joining("+"));
    }

    /** Patterns of ops that are worth one kernel. */
    public enum Kind {
        /** Convolution, activation, pooling. */
        CONVOLUTION_ACTIVATION_POOLING,
        /** Convolution, activation. */
        CONVOLUTION_ACTIVATION,
        /** Dense, activation, dropout. */
        DENSE_ACTIVATION_DROPOUT,
        /** Dense, activation. */
        DENSE_ACTIVATION,
        /** Batch normalization, activation. */
        NORMALIZATION_ACTIVATION,
        /** Sum of layers, activation. */
        ADD_ACTIVATION,
        /** An op by itself. */
        SINGLE
    }
}
