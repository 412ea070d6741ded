package dev.convoke.parity;

import dev.convoke.backend.NamedTensors;
import dev.convoke.plan.Tensor;
import java.util.Set;

/** How far tensors are from the oracle's, relative to the size of the oracle's. */
final class Distance {
    /**
     * Fraction of the largest tensor's magnitude that is the minimum magnitude of every tensor. The gradient of a bias
     * before batch normalization, for example, is zero up to rounding and has no meaningful magnitude.
     */
    private static final double FLOOR_SHARE = 0.1;

    private Distance() {}

    /** The largest distance of the named tensors; tensors the device does not expose are skipped. */
    static double worst(NamedTensors expected, NamedTensors actual, Set<String> names) {
        double floor = FLOOR_SHARE
                * expected.names().stream()
                        .mapToDouble(name -> size(expected.get(name)))
                        .max()
                        .orElse(0);
        double worst = 0;
        for (String name : names) {
            Tensor given = actual.find(name);
            if (given != null) {
                Tensor wanted = expected.get(name);
                // Math.max hands a distance that is no number on.
                worst = Math.max(worst, difference(wanted, given) / Math.max(size(wanted), floor));
            }
        }
        return worst;
    }

    /** Of two numbers, relative to the expected one or to 1 where that is larger. */
    static double of(double expected, double actual) {
        return Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
    }

    /** Root mean square. */
    private static double size(Tensor tensor) {
        double squares = 0;
        for (float value : tensor.values()) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares / tensor.values().length);
    }

    private static double difference(Tensor expected, Tensor actual) {
        if (!expected.shape().equals(actual.shape())) {
            return Double.NaN;
        }
        double squares = 0;
        for (int i = 0; i < expected.values().length; i++) {
            double difference = (double) actual.values()[i] - expected.values()[i];
            squares += difference * difference;
        }
        return Math.sqrt(squares / expected.values().length);
    }
}
