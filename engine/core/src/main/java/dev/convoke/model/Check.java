package dev.convoke.model;

import java.util.List;

/** What layers, losses and optimizers refuse, in one line each. */
final class Check {
    private Check() {}

    static void atLeastOne(String owner, String field, int value) {
        if (value < 1) {
            throw new ModelException(owner + ": " + field + " must be at least 1, not " + value);
        }
    }

    static void positive(String field, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new ModelException(field + " must be positive and finite, not " + value);
        }
    }

    static void notNegative(String field, double value) {
        if (!(value >= 0)) {
            throw new ModelException(field + " must not be negative, not " + value);
        }
    }

    /** In [0, 1). */
    static void unit(String field, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new ModelException(field + " must be in [0, 1), not " + value);
        }
    }

    /** The one input of a layer that reads one. */
    static ImageShape one(String layer, List<ImageShape> inputs) {
        if (inputs.size() != 1) {
            throw new ModelException(layer + " reads one layer, not " + inputs.size());
        }
        return inputs.get(0);
    }

    static void severalInputs(String layer, List<ImageShape> inputs) {
        if (inputs.size() < 2) {
            throw new ModelException(layer + " joins two layers or more, not " + inputs.size()
                    + "; name them, as in from: [conv1, conv3]");
        }
    }
}
