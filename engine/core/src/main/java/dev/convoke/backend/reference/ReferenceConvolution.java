package dev.convoke.backend.reference;

import dev.convoke.model.ImageShape;
import dev.convoke.model.WindowGeometry;

/**
 * Convolution, as networks call what is a cross-correlation: {@code y[n, f, oh, ow] = b[f] + sum over c, i, j of x[n, c, oh
 * * stride - padTop + i * dilation, ow * stride - padLeft + j * dilation] * k[f, c, i, j]}, with x zero outside the image
 * and c the channels of the group of f.
 *
 * <p>{@code y} is linear in {@code x} and in {@code k}, so the three passes walk over the same triples (x, k, y) and differ
 * only in which of them they add to.
 */
final class ReferenceConvolution {
    private ReferenceConvolution() {}

    /** One product of the sum: an element of x, the weight that it meets, and the element of y that it enters. */
    private interface Triple {
        void visit(int x, int k, int y);
    }

    /**
     * @param groups parts of the channels
     * @param x {@code [N, C, H, W]}
     * @param kernel {@code [F, C / groups, rows, columns]}
     * @return {@code [N, F, OH, OW]}
     */
    static double[] forward(WindowGeometry window, int groups, int count, double[] x, double[] kernel) {
        double[] y = new double[count * window.output().size()];
        walk(window, groups, count, (xi, ki, yi) -> y[yi] += x[xi] * kernel[ki]);
        return y;
    }

    /** Adds {@code bias}, {@code [F]}, to {@code y}. */
    static void addBias(ImageShape shape, double[] y, double[] bias) {
        int plane = shape.height() * shape.width();
        for (int i = 0; i < y.length; i++) {
            y[i] += bias[i / plane % shape.channels()];
        }
    }

    /** Gradient of x, {@code [N, C, H, W]}, from that of y. */
    static double[] inputGradient(WindowGeometry window, int groups, int count, double[] dy, double[] kernel) {
        double[] dx = new double[count * window.input().size()];
        walk(window, groups, count, (xi, ki, yi) -> dx[xi] += dy[yi] * kernel[ki]);
        return dx;
    }

    /** Gradient of the kernel, {@code [F, C / groups, rows, columns]}, which has {@code size} values. */
    static double[] kernelGradient(WindowGeometry window, int groups, int count, int size, double[] x, double[] dy) {
        double[] dk = new double[size];
        walk(window, groups, count, (xi, ki, yi) -> dk[ki] += dy[yi] * x[xi]);
        return dk;
    }

    /** Gradient of the bias, {@code [F]}. */
    static double[] biasGradient(ImageShape shape, double[] dy) {
        int plane = shape.height() * shape.width();
        double[] db = new double[shape.channels()];
        for (int i = 0; i < dy.length; i++) {
            db[i / plane % shape.channels()] += dy[i];
        }
        return db;
    }

    private static void walk(WindowGeometry window, int groups, int count, Triple triple) {
        ImageShape out = window.output();
        int y = 0;
        for (int n = 0; n < count; n++) {
            for (int f = 0; f < out.channels(); f++) {
                for (int row = 0; row < out.height(); row++) {
                    for (int column = 0; column < out.width(); column++) {
                        walkWindow(window, groups, n, f, row, column, y++, triple);
                    }
                }
            }
        }
    }

    private static void walkWindow(
            WindowGeometry window, int groups, int n, int f, int row, int column, int y, Triple triple) {
        ImageShape in = window.input();
        int channels = in.channels() / groups;
        int group = f / (window.output().channels() / groups);
        int top = row * window.stride().height() - window.padTop();
        int left = column * window.stride().width() - window.padLeft();
        for (int c = 0; c < channels; c++) {
            int plane = n * in.channels() + group * channels + c;
            int filter = f * channels + c;
            for (int i = 0; i < window.size().height(); i++) {
                int r = top + i * window.dilation().height();
                for (int j = 0; j < window.size().width(); j++) {
                    int s = left + j * window.dilation().width();
                    if (r >= 0 && r < in.height() && s >= 0 && s < in.width()) {
                        int x = (plane * in.height() + r) * in.width() + s;
                        int k = (filter * window.size().height() + i)
                                        * window.size().width()
                                + j;
                        triple.visit(x, k, y);
                    }
                }
            }
        }
    }
}
