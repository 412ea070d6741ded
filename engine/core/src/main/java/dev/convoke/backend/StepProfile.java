package dev.convoke.backend;

import dev.convoke.plan.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Measured times of training steps by part.
 *
 * @param parts what ran, in the order in which it ran in a step
 * @param stepNanos {@code [steps]}, total time of each step, including the time between the parts
 */
public record StepProfile(List<Part> parts, long[] stepNanos) {
    public StepProfile {
        parts = List.copyOf(parts);
    }

    /**
     * Refuses a range that holds the smaller batch at the end of an epoch: its parts are of another size, so that their
     * times say nothing about the others'.
     *
     * @param toStep end of the range
     * @throws IllegalArgumentException if the range is not of full batches alone
     */
    public static void checkFull(Program program, int toStep) {
        if (program.remainder() != null && toStep == program.stepsPerEpoch()) {
            throw new IllegalArgumentException("step " + (toStep - 1) + " is of "
                    + program.remainder().batch() + " images only; profile the " + (toStep - 1) + " steps before it");
        }
    }

    /**
     * This profile with the steps of another of the same session behind it.
     *
     * @throws IllegalArgumentException if the other has other parts
     */
    public StepProfile followedBy(StepProfile other) {
        if (parts.size() != other.parts.size()) {
            throw new IllegalArgumentException(parts.size() + " parts are not " + other.parts.size());
        }
        List<Part> both = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part first = parts.get(i);
            Part second = other.parts.get(i);
            both.add(new Part(
                    first.name,
                    first.pass,
                    first.kernels,
                    join(first.startNanos, second.startNanos),
                    join(first.nanos, second.nanos)));
        }
        return new StepProfile(both, join(stepNanos, other.stepNanos));
    }

    private static long[] join(long[] first, long[] second) {
        return LongStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }

    /**
     * A separately executed part of a step: the forward or backward pass of an op or a fused group, the input pipeline, the
     * loss, the optimizer.
     *
     * @param name the ops' names, joined as in {@link dev.convoke.plan.FusedGroup#name}; otherwise a description
     * @param pass forward or backward pass
     * @param kernels description of its kernels
     * @param startNanos {@code [steps]}, from the start of its step
     * @param nanos {@code [steps]}, how long it took
     */
    public record Part(String name, Pass pass, String kernels, long[] startNanos, long[] nanos) {}

    /** The stages of a training step. */
    public enum Pass {
        PIPELINE,
        FORWARD,
        LOSS,
        BACKWARD,
        /** The gradients of what several layers read are added up; the part is named after that. */
        SUM,
        /** Flattened features are brought into another order, or their gradient back. */
        REORDER,
        OPTIMIZER
    }
}
