package dev.convoke.backend;

import dev.convoke.plan.Tensor;

/** Compares what a backend gives with what the oracle gives; fails with the name and place of the first difference. */
public final class Comparison {
    /**
     * Share of the largest gradient anywhere that counts as the scale of every gradient. Gradients that are zero but for
     * rounding exist (of a bias before batch normalization), and no share of themselves would do.
     */
    private static final double FLOOR_SHARE = 0.1;

    /** What a sum of float32 shares of an image, thirds or sevenths, may be off by for each image; far less than a label. */
    private static final double COUNTING = 1e-6;

    private Comparison() {}

    /**
     * Compares the two traces of one step: losses, the input, the logits, whatever other slots the backend lays open, and the
     * gradient of every parameter.
     */
    public static void assertClose(Trace expected, Trace actual, String logits, ContractTolerances tolerances) {
        assertClose("loss", expected.loss(), actual.loss(), tolerances.loss());
        assertClose("penalty", expected.penalty(), actual.penalty(), tolerances.loss());
        assertThere(actual.activations(), "input");
        assertThere(actual.activations(), logits);
        for (String slot : actual.activations().names()) {
            Tolerance tolerance = slot.equals("input") ? tolerances.pixels() : tolerances.activations();
            Tensor wanted = expected.activations().get(slot);
            assertClose(slot, wanted, actual.activations().get(slot), largest(wanted), tolerance);
        }
        double slotFloor = FLOOR_SHARE * largest(expected.activationGradients());
        for (String slot : actual.activationGradients().names()) {
            Tensor wanted = expected.activationGradients().get(slot);
            double scale = Math.max(largest(wanted), slotFloor);
            Tensor given = actual.activationGradients().get(slot);
            assertClose("gradient of " + slot, wanted, given, scale, tolerances.gradients());
        }
        double parameterFloor = FLOOR_SHARE * largest(expected.parameterGradients());
        for (String name : expected.parameterGradients().names()) {
            assertThere(actual.parameterGradients(), name);
            Tensor wanted = expected.parameterGradients().get(name);
            double scale = Math.max(largest(wanted), parameterFloor);
            Tensor given = actual.parameterGradients().get(name);
            assertClose("gradient of " + name, wanted, given, scale, tolerances.gradients());
        }
    }

    /** Compares two states, tensor by tensor. */
    public static void assertClose(NamedTensors expected, NamedTensors actual, Tolerance tolerance) {
        if (!expected.names().equals(actual.names())) {
            throw new AssertionError("the state holds " + actual.names() + ", not " + expected.names());
        }
        for (String name : expected.names()) {
            Tensor wanted = expected.get(name);
            assertClose(name, wanted, actual.get(name), largest(wanted), tolerance);
        }
    }

    /** Compares two numbers, relative to the expected one or to 1 where that is larger. */
    public static void assertClose(String what, double expected, double actual, Tolerance tolerance) {
        double allowed = tolerance.relative() * Math.max(1, Math.abs(expected));
        if (!(Math.abs(expected - actual) <= allowed)) {
            throw new AssertionError(
                    what + " is " + actual + ", not " + expected + " +- " + allowed + " (" + tolerance.reason() + ")");
        }
    }

    /** Compares two tensors of one shape; values may be off by the tolerance's share of {@code scale}, in its measure. */
    public static void assertClose(String what, Tensor expected, Tensor actual, double scale, Tolerance tolerance) {
        if (!expected.shape().equals(actual.shape())) {
            throw new AssertionError(what + " is " + actual.shape() + ", not " + expected.shape());
        }
        double allowed = tolerance.relative() * scale;
        if (tolerance.measure() == Tolerance.Measure.ROOT_MEAN_SQUARE) {
            double difference = rootMeanSquareDifference(expected, actual);
            if (!(difference <= allowed)) {
                throw new AssertionError(what + " (" + expected.shape() + ") differs by " + difference
                        + " in root mean square, not " + allowed + " at most (" + tolerance.reason() + ")");
            }
            return;
        }
        for (int i = 0; i < expected.values().length; i++) {
            double wanted = expected.values()[i];
            double given = actual.values()[i];
            if (!(Math.abs(wanted - given) <= allowed)) {
                throw new AssertionError(what + " (" + expected.shape() + ") at " + i + " is " + given + ", not "
                        + wanted + " +- " + allowed + " (" + tolerance.reason() + ")");
            }
        }
    }

    /** Compares sums of what is right, whole images or parts of them, over {@code images} images. */
    public static void assertClose(String what, double expected, double actual, long images, Tolerance answers) {
        if (!(Math.abs(expected - actual) <= (answers.relative() + COUNTING) * images)) {
            throw new AssertionError(what + " is " + actual + " of " + images + " images, not " + expected + " ("
                    + answers.reason() + ")");
        }
    }

    private static double rootMeanSquareDifference(Tensor expected, Tensor actual) {
        double squares = 0;
        for (int i = 0; i < expected.values().length; i++) {
            double difference = (double) expected.values()[i] - actual.values()[i];
            squares += difference * difference;
        }
        return Math.sqrt(squares / expected.values().length);
    }

    /** The largest magnitude in a tensor. */
    public static double largest(Tensor tensor) {
        double largest = 0;
        for (float value : tensor.values()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double largest(NamedTensors tensors) {
        return tensors.names().stream()
                .mapToDouble(name -> largest(tensors.get(name)))
                .max()
                .orElse(0);
    }

    private static void assertThere(NamedTensors tensors, String name) {
        if (tensors.find(name) == null) {
            throw new AssertionError("the trace lacks '" + name + "'; it holds " + tensors.names());
        }
    }
}
