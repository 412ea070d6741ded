package dev.convoke.backend.reference;

import dev.convoke.backend.DropoutMask;
import dev.convoke.plan.Op;
import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;

/** Inverted dropout with counter-based random numbers; forward and backward are the same function. */
final class ReferenceDropout {
    private ReferenceDropout() {}

    /**
     * Kept values, scaled up, and zeros for dropped ones.
     *
     * @param x activations or their gradient, {@code [N, C, H, W]}
     * @param firstPosition position in the epoch of the batch's first image
     */
    static double[] apply(Op op, DropoutMask mask, long seed, int epoch, int firstPosition, int count, double[] x) {
        int features = op.inputShape().size();
        double[] y = new double[x.length];
        for (int n = 0; n < count; n++) {
            Philox.Stream words = Philox.stream(seed, Purpose.DROPOUT, op.ordinal(), epoch, firstPosition + n);
            for (int f = 0; f < features; f++) {
                int i = n * features + f;
                y[i] = mask.keeps(words.word(f)) ? x[i] * mask.scale() : 0;
            }
        }
        return y;
    }
}
