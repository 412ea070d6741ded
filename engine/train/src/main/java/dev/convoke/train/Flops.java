package dev.convoke.train;

import dev.convoke.plan.Plan;

/**
 * Floating-point operations of one image's passes through a network, as the layers'
 * {@linkplain dev.convoke.model.Cost#products products} count them. Biases, activations and pooling count nothing.
 */
public final class Flops {
    /** A training step works through the network about three times: forward, and back for inputs and for weights. */
    private static final int TRAINING_FACTOR = 3;

    private Flops() {}

    /** Of a whole forward pass. */
    public static long forward(Plan plan) {
        return plan.ops().stream().mapToLong(op -> op.cost().products()).sum();
    }

    /** Of one image's training, roughly: for estimates of time, not for reports. */
    public static long training(Plan plan) {
        return TRAINING_FACTOR * forward(plan);
    }
}
