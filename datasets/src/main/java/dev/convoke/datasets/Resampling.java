package dev.convoke.datasets;

/**
 * Brings pictures to another size. Each output pixel is the mean of the input around its place, weighted by a triangle two
 * input pixels wide where the picture grows (bilinear interpolation), and as many times wider as the picture shrinks, so
 * that every input pixel counts (area averaging). Rows and columns are done one after the other.
 */
final class Resampling {
    private Resampling() {}

    /**
     * Resizes {@code samples}.
     *
     * @param samples {@code [H, W, C]}, unsigned
     * @return samples of size {@code to}, {@code [H, W, C]}, unsigned
     */
    static byte[] resize(byte[] samples, PictureSize from, int channels, PictureSize to) {
        float[] values = new float[samples.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = samples[i] & 0xff;
        }
        // The way with the smaller picture in between.
        boolean widthFirst = (long) from.height() * to.width() <= (long) to.height() * from.width();
        if (widthFirst) {
            values = along(values, from.height(), from.width(), channels, to.width());
        }
        values = along(values, 1, from.height(), (widthFirst ? to : from).width() * channels, to.height());
        if (!widthFirst) {
            values = along(values, to.height(), from.width(), channels, to.width());
        }
        byte[] resized = new byte[values.length];
        for (int i = 0; i < resized.length; i++) {
            resized[i] = (byte) (int) (values[i] + 0.5f);
        }
        return resized;
    }

    /** From {@code [outer, length, inner]} to {@code [outer, newLength, inner]}. */
    private static float[] along(float[] values, int outer, int length, int inner, int newLength) {
        if (length == newLength) {
            return values;
        }
        double scale = (double) length / newLength;
        double reach = Math.max(1, scale);
        float[] resized = new float[outer * newLength * inner];
        for (int i = 0; i < newLength; i++) {
            double center = (i + 0.5) * scale;
            int first = (int) Math.max(0, Math.floor(center - reach + 0.5));
            int end = (int) Math.min(length, Math.floor(center + reach + 0.5));
            float[] weights = weights(center, reach, first, end);
            for (int o = 0; o < outer; o++) {
                int to = (o * newLength + i) * inner;
                for (int k = 0; k < weights.length; k++) {
                    int from = (o * length + first + k) * inner;
                    for (int j = 0; j < inner; j++) {
                        resized[to + j] += weights[k] * values[from + j];
                    }
                }
            }
        }
        return resized;
    }

    /** Weights of the pixels from {@code first} to before {@code end}; their sum is 1. */
    private static float[] weights(double center, double reach, int first, int end) {
        double[] triangle = new double[end - first];
        double sum = 0;
        for (int k = 0; k < triangle.length; k++) {
            triangle[k] = Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / reach);
            sum += triangle[k];
        }
        float[] weights = new float[triangle.length];
        for (int k = 0; k < weights.length; k++) {
            weights[k] = (float) (triangle[k] / sum);
        }
        return weights;
    }
}
