package dev.convoke.backend.graph;

import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;

/**
 * Position and memory order of a segment in the arena of a backend with NHWC activations: the canonical
 * {@code [outer, channels, pixels, window]} is stored as {@code [outer, window, pixels, channels]}.
 *
 * @param segment the canonical tensor
 * @param start values before it in the arena
 * @param outer filters or units
 * @param channels channels of the input
 * @param pixels rows times columns that a flatten has folded into the channels, else 1
 * @param window rows times columns of a convolution's window, else 1
 */
public record ArenaSegment(Segment segment, long start, int outer, int channels, int pixels, int window) {
    public ArenaSegment {
        if (outer * channels * pixels * window != segment.size()) {
            throw new IllegalArgumentException(segment.name() + " is no " + outer + "x" + channels + "x" + pixels + "x"
                    + window + " but " + segment.shape());
        }
    }

    /** Canonical values in the arena's order. */
    public float[] arrange(Tensor canonical) {
        float[] ours = new float[segment.size()];
        for (int i = 0; i < ours.length; i++) {
            ours[place(i)] = canonical.values()[i];
        }
        return ours;
    }

    /** The arena's values in canonical order. */
    public Tensor canonical(float[] ours) {
        float[] values = new float[segment.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ours[place(i)];
        }
        return new Tensor(segment.shape(), values);
    }

    private int place(int canonical) {
        int k = canonical % window;
        int p = canonical / window % pixels;
        int c = canonical / window / pixels % channels;
        int o = canonical / window / pixels / channels;
        return ((o * window + k) * pixels + p) * channels + c;
    }
}
