package dev.convoke.backend.reference;

import dev.convoke.model.ImageShape;
import dev.convoke.model.WindowGeometry;

/** Pooling: the maximum or the mean of what each window covers inside the image. */
final class ReferencePooling {
    /** What becomes of the values of a window. */
    enum Kind {
        MAXIMUM,
        AVERAGE
    }

    private ReferencePooling() {}

    /**
     * @param x {@code [N, C, H, W]}
     * @return {@code [N, C, OH, OW]}
     */
    static double[] forward(WindowGeometry window, Kind kind, int count, double[] x) {
        double[] y = new double[count * window.output().size()];
        for (int i = 0; i < y.length; i++) {
            int[] covered = covered(window, i);
            if (kind == Kind.MAXIMUM) {
                y[i] = x[argMax(x, covered)];
            } else {
                double sum = 0;
                for (int element : covered) {
                    sum += x[element];
                }
                y[i] = sum / covered.length;
            }
        }
        return y;
    }

    /** Gradient of x: to the maximum alone, or shared evenly. */
    static double[] inputGradient(WindowGeometry window, Kind kind, int count, double[] x, double[] dy) {
        double[] dx = new double[count * window.input().size()];
        for (int i = 0; i < dy.length; i++) {
            int[] covered = covered(window, i);
            if (kind == Kind.MAXIMUM) {
                dx[argMax(x, covered)] += dy[i];
            } else {
                for (int element : covered) {
                    dx[element] += dy[i] / covered.length;
                }
            }
        }
        return dx;
    }

    /** The first of the largest values in row order; a NaN is larger than any number. */
    private static int argMax(double[] x, int[] covered) {
        int best = covered[0];
        for (int element : covered) {
            if (x[element] > x[best] || (Double.isNaN(x[element]) && !Double.isNaN(x[best]))) {
                best = element;
            }
        }
        return best;
    }

    /** Indices of the elements of x under the window of element {@code y} of the output, in row order. */
    private static int[] covered(WindowGeometry window, int y) {
        ImageShape in = window.input();
        ImageShape out = window.output();
        int plane = y / (out.height() * out.width());
        int row = y / out.width() % out.height();
        int column = y % out.width();
        int top = row * window.stride().height() - window.padTop();
        int left = column * window.stride().width() - window.padLeft();
        int firstRow = Math.max(0, top);
        int endRow = Math.min(top + window.size().height(), in.height());
        int firstColumn = Math.max(0, left);
        int endColumn = Math.min(left + window.size().width(), in.width());
        int[] covered = new int[(endRow - firstRow) * (endColumn - firstColumn)];
        int next = 0;
        for (int i = firstRow; i < endRow; i++) {
            for (int j = firstColumn; j < endColumn; j++) {
                covered[next++] = (plane * in.height() + i) * in.width() + j;
            }
        }
        return covered;
    }
}
