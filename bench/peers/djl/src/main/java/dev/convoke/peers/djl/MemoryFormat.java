package dev.convoke.peers.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;

/**
 * How PyTorch lays four axes out. DJL has no word for it, but a permuted view of an array made in the other order has just
 * the strides that PyTorch takes for channels last.
 */
enum MemoryFormat {
    CONTIGUOUS,
    CHANNELS_LAST;

    private static final long[] TO_NCHW = {0, 3, 1, 2};

    /** An array of canonical {@code values}, {@code [N, C, H, W]}, in this format and with its own memory. */
    PtNDArray create(PtNDManager manager, float[] values, Shape shape) {
        if (this == CONTIGUOUS) {
            return copied(manager, values, shape);
        }
        int n = (int) shape.get(0);
        int c = (int) shape.get(1);
        int pixels = (int) (shape.get(2) * shape.get(3));
        float[] last = new float[values.length]; // [N, H, W, C]
        for (int i = 0; i < n; i++) {
            for (int channel = 0; channel < c; channel++) {
                for (int pixel = 0; pixel < pixels; pixel++) {
                    last[(i * pixels + pixel) * c + channel] = values[(i * c + channel) * pixels + pixel];
                }
            }
        }
        try (PtNDArray made = copied(manager, last, new Shape(n, shape.get(2), shape.get(3), c));
                PtNDArray view = JniUtils.permute(made, TO_NCHW)) {
            return JniUtils.clone(view);
        }
    }

    /** Gray images, {@code [N, 1, H, W]}: with one channel both formats are the same bytes, and differ in their strides. */
    PtNDArray images(PtNDManager manager, float[] values, int n, int height, int width) {
        if (this == CONTIGUOUS) {
            return (PtNDArray) manager.create(values, new Shape(n, 1, height, width));
        }
        return JniUtils.permute((PtNDArray) manager.create(values, new Shape(n, height, width, 1)), TO_NCHW);
    }

    /** An array whose memory PyTorch owns: what DJL makes from a buffer lives in the buffer. */
    static PtNDArray copied(PtNDManager manager, float[] values, Shape shape) {
        try (PtNDArray made = manager.create(FloatBuffer.wrap(values), shape, DataType.FLOAT32)) {
            return JniUtils.clone(made);
        }
    }
}
