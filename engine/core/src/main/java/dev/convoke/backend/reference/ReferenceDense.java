package dev.convoke.backend.reference;

/** A dense layer: {@code y[n, u] = sum over i of W[u, i] * x[n, i]}; the bias is that of a convolution of one pixel. */
final class ReferenceDense {
    private ReferenceDense() {}

    /**
     * @param x {@code [N, inputs]}
     * @param kernel {@code [units, inputs]}
     * @return {@code [N, units]}
     */
    static double[] forward(int inputs, int units, int count, double[] x, double[] kernel) {
        double[] y = new double[count * units];
        for (int n = 0; n < count; n++) {
            for (int u = 0; u < units; u++) {
                double sum = 0;
                for (int i = 0; i < inputs; i++) {
                    sum += kernel[u * inputs + i] * x[n * inputs + i];
                }
                y[n * units + u] = sum;
            }
        }
        return y;
    }

    /** Gradient of x, {@code [N, inputs]}. */
    static double[] inputGradient(int inputs, int units, int count, double[] dy, double[] kernel) {
        double[] dx = new double[count * inputs];
        for (int n = 0; n < count; n++) {
            for (int u = 0; u < units; u++) {
                for (int i = 0; i < inputs; i++) {
                    dx[n * inputs + i] += dy[n * units + u] * kernel[u * inputs + i];
                }
            }
        }
        return dx;
    }

    /** Gradient of the kernel, {@code [units, inputs]}. */
    static double[] kernelGradient(int inputs, int units, int count, double[] x, double[] dy) {
        double[] dw = new double[units * inputs];
        for (int n = 0; n < count; n++) {
            for (int u = 0; u < units; u++) {
                for (int i = 0; i < inputs; i++) {
                    dw[u * inputs + i] += dy[n * units + u] * x[n * inputs + i];
                }
            }
        }
        return dw;
    }
}
