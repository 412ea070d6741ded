package dev.convoke.peers.tensorflow;

import dev.convoke.peers.Layer;
import dev.convoke.peers.Weights;

/** Weights in TensorFlow's order, in which channels come last. */
final class Channels {
    private Channels() {}

    /** A kernel {@code [filters, channels, rows, columns]} as {@code [rows, columns, channels, filters]}. */
    static Weights last(Weights kernel) {
        int filters = kernel.shape()[0];
        int channels = kernel.shape()[1];
        int pixels = kernel.shape()[2] * kernel.shape()[3];
        float[] moved = new float[kernel.values().length];
        for (int filter = 0; filter < filters; filter++) {
            for (int channel = 0; channel < channels; channel++) {
                for (int pixel = 0; pixel < pixels; pixel++) {
                    moved[(pixel * channels + channel) * filters + filter] =
                            kernel.values()[(filter * channels + channel) * pixels + pixel];
                }
            }
        }
        return new Weights(kernel.name(), new int[] {kernel.shape()[2], kernel.shape()[3], channels, filters}, moved);
    }

    /** A depthwise kernel {@code [channels * multiplier, 1, rows, columns]} as {@code [rows, columns, channels, multiplier]}. */
    static Weights depthwise(Weights kernel, int channels) {
        Weights moved = last(kernel);
        int[] shape = moved.shape();
        return new Weights(
                kernel.name(), new int[] {shape[0], shape[1], channels, kernel.shape()[0] / channels}, moved.values());
    }

    /** {@code [units, inputs]} as {@code [inputs, units]}. */
    static Weights transposed(Weights kernel) {
        int units = kernel.shape()[0];
        int inputs = kernel.shape()[1];
        float[] moved = new float[kernel.values().length];
        for (int unit = 0; unit < units; unit++) {
            for (int input = 0; input < inputs; input++) {
                moved[input * units + unit] = kernel.values()[unit * inputs + input];
            }
        }
        return new Weights(kernel.name(), new int[] {inputs, units}, moved);
    }

    /** Weights whose last axis runs over {@code flattened}'s channels, rows, columns, with the channels innermost. */
    static Weights innermost(Weights weights, Layer.Flatten flattened) {
        int pixels = flattened.height() * flattened.width();
        int inputs = flattened.channels() * pixels;
        float[] moved = new float[weights.values().length];
        for (int row = 0; row < moved.length; row += inputs) {
            for (int channel = 0; channel < flattened.channels(); channel++) {
                for (int pixel = 0; pixel < pixels; pixel++) {
                    moved[row + pixel * flattened.channels() + channel] =
                            weights.values()[row + channel * pixels + pixel];
                }
            }
        }
        return new Weights(weights.name(), weights.shape(), moved);
    }
}
