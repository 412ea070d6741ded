package dev.convoke.plan;

import dev.convoke.random.Philox;
import dev.convoke.random.Purpose;

/**
 * Initial values of a segment: the same on every backend.
 *
 * <p>Kernels are Glorot uniform, {@code U(-b, b)} with {@code b = sqrt(6 / (fanIn + fanOut))} (Glorot and Bengio 2010); a
 * convolution's fans count its window, and are those of the kernel's own axes where it has groups, as Keras counts them but
 * for depthwise convolutions of more than one filter a channel. Value {@code i} in canonical order is word {@code i} of the
 * stream {@code (WEIGHTS, ordinal = the segment's index)}.
 */
public final class Initializer {
    private Initializer() {}

    /** The segment's values at the start of a run with {@code seed}. */
    public static Tensor initial(Segment segment, long seed) {
        return switch (segment.role()) {
            case KERNEL -> glorot(segment, seed);
            case GAMMA, RUNNING_VARIANCE -> Tensor.filled(segment.shape(), 1);
            case BIAS, BETA, RUNNING_MEAN -> Tensor.zeros(segment.shape());
        };
    }

    private static Tensor glorot(Segment segment, long seed) {
        int window = 1;
        for (int axis = 2; axis < segment.shape().axes().size(); axis++) {
            window *= segment.shape().axes().get(axis);
        }
        int fanOut = segment.shape().axes().get(0) * window;
        int fanIn = segment.shape().axes().get(1) * window;
        double bound = Math.sqrt(6.0 / (fanIn + fanOut));
        Philox.Stream words = Philox.stream(seed, Purpose.WEIGHTS, segment.index(), 0, 0);
        float[] values = new float[segment.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) words.uniform(i, -bound, bound);
        }
        return new Tensor(segment.shape(), values);
    }
}
