package dev.convoke.backend.reference;

import dev.convoke.model.BatchNormalization;
import dev.convoke.model.ImageShape;

/**
 * Batch normalization (Ioffe and Szegedy 2015) over images and pixels, channel by channel: {@code y = gamma * h + beta} with
 * {@code h = (x - mean) / sqrt(variance + epsilon)}. The batch is normalized by its biased variance.
 */
final class ReferenceBatchNormalization {
    /**
     * Mean and variance of every channel.
     *
     * @param mean {@code [C]}
     * @param variance {@code [C]}
     */
    record Moments(double[] mean, double[] variance) {}

    /**
     * Gradients of what batch normalization reads.
     *
     * @param x {@code [N, C, H, W]}
     * @param gamma {@code [C]}
     * @param beta {@code [C]}
     */
    record Gradients(double[] x, double[] gamma, double[] beta) {}

    private final BatchNormalization layer;
    private final ImageShape shape;
    private final int count;

    /** @param count images */
    ReferenceBatchNormalization(BatchNormalization layer, ImageShape shape, int count) {
        this.layer = layer;
        this.shape = shape;
        this.count = count;
    }

    private int pixels() {
        return shape.height() * shape.width();
    }

    private double values() {
        return (double) count * pixels();
    }

    private int channel(int index) {
        return index / pixels() % shape.channels();
    }

    /** The batch's mean and biased variance. */
    Moments moments(double[] x) {
        double[] mean = new double[shape.channels()];
        double[] variance = new double[shape.channels()];
        for (int i = 0; i < x.length; i++) {
            mean[channel(i)] += x[i] / values();
        }
        for (int i = 0; i < x.length; i++) {
            double deviation = x[i] - mean[channel(i)];
            variance[channel(i)] += deviation * deviation / values();
        }
        return new Moments(mean, variance);
    }

    /**
     * Normalizes by {@code moments}, the batch's in training and the running ones otherwise or where the layer is frozen.
     *
     * @param x {@code [N, C, H, W]}
     * @param gamma {@code [C]}
     * @param beta {@code [C]}
     * @return {@code [N, C, H, W]}
     */
    double[] forward(double[] x, Moments moments, double[] gamma, double[] beta) {
        double[] y = normalized(x, moments);
        for (int i = 0; i < y.length; i++) {
            int c = channel(i);
            y[i] = gamma[c] * y[i] + beta[c];
        }
        return y;
    }

    /**
     * Gradients of a training pass, whose moments depend on x too: with {@code dh = gamma * dy} and means over the channel's
     * values, {@code dx = (dh - mean(dh) - h * mean(dh * h)) / sqrt(variance + epsilon)}.
     */
    Gradients backward(double[] x, double[] dy, Moments moments, double[] gamma) {
        double[] h = normalized(x, moments);
        double[] dgamma = new double[shape.channels()];
        double[] dbeta = new double[shape.channels()];
        for (int i = 0; i < dy.length; i++) {
            dgamma[channel(i)] += dy[i] * h[i];
            dbeta[channel(i)] += dy[i];
        }
        double[] dx = new double[x.length];
        for (int i = 0; i < dx.length; i++) {
            int c = channel(i);
            double centered = dy[i] - dbeta[c] / values() - h[i] * dgamma[c] / values();
            dx[i] = gamma[c] * centered / Math.sqrt(moments.variance[c] + layer.epsilon());
        }
        return new Gradients(dx, dgamma, dbeta);
    }

    /** Gradient of x where the moments are given: {@code dx = gamma * dy / sqrt(variance + epsilon)}. */
    double[] backwardFrozen(double[] dy, Moments moments, double[] gamma) {
        double[] dx = new double[dy.length];
        for (int i = 0; i < dx.length; i++) {
            int c = channel(i);
            dx[i] = gamma[c] * dy[i] / Math.sqrt(moments.variance[c] + layer.epsilon());
        }
        return dx;
    }

    /** Moves running statistics towards the batch's. */
    Moments running(Moments running, Moments batch) {
        double factor = layer.isUnbiased(shape) && values() > 1 ? values() / (values() - 1) : 1;
        double[] mean = new double[shape.channels()];
        double[] variance = new double[shape.channels()];
        for (int c = 0; c < shape.channels(); c++) {
            mean[c] = layer.momentum() * running.mean[c] + (1 - layer.momentum()) * batch.mean[c];
            variance[c] = layer.momentum() * running.variance[c] + (1 - layer.momentum()) * batch.variance[c] * factor;
        }
        return new Moments(mean, variance);
    }

    private double[] normalized(double[] x, Moments moments) {
        double[] h = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = channel(i);
            h[i] = (x[i] - moments.mean[c]) / Math.sqrt(moments.variance[c] + layer.epsilon());
        }
        return h;
    }
}
