package dev.convoke.backend.cuda;

import dev.convoke.model.ImageShape;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.Warp;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** What happens to the image at each position of an epoch: affine maps, flips, erased rectangles. */
final class CudaWarps {
    private final Warp warp;
    private final float eraseValue;
    private final CudaTable affine; // [positions, 6], float32
    private final CudaTable flips; // [positions], uint8
    private final @Nullable CudaTable erased; // [positions, 4], int32; null without random erasing
    private final float[] coefficients = new float[Warp.COEFFICIENTS];
    private final int[] rectangle = new int[Warp.RECTANGLE];

    CudaWarps(CudaResources resources, Augmentation changes, long seed, ImageShape shape, int positions) {
        warp = new Warp(changes, seed, shape.height(), shape.width());
        eraseValue = (float) changes.erasing().value();
        affine = new CudaTable(resources, "affine maps", positions, (long) Warp.COEFFICIENTS * Float.BYTES);
        flips = new CudaTable(resources, "flips", positions, 1);
        erased = changes.erasing().probability() > 0
                ? new CudaTable(resources, "erased rectangles", positions, (long) Warp.RECTANGLE * Integer.BYTES)
                : null;
    }

    Pointer affine() {
        return affine.device();
    }

    Pointer flips() {
        return flips.device();
    }

    @Nullable Pointer erased() {
        return erased == null ? null : erased.device();
    }

    /** The gray value of erased pixels. */
    float eraseValue() {
        return eraseValue;
    }

    /** Computes positions {@code from .. to - 1}. */
    void fill(int epoch, int from, int to) {
        FloatPointer maps = new FloatPointer(affine.host(epoch));
        BytePointer mirrored = flips.host(epoch);
        IntPointer rectangles = erased == null ? null : new IntPointer(erased.host(epoch));
        for (int position = from; position < to; position++) {
            warp.affine(epoch, position, coefficients, 0);
            maps.position((long) position * Warp.COEFFICIENTS).put(coefficients);
            mirrored.put(position, (byte) warp.flips(epoch, position));
            if (rectangles != null) {
                warp.erased(epoch, position, rectangle, 0);
                rectangles.position((long) position * Warp.RECTANGLE).put(rectangle);
            }
        }
    }

    /** Queues their way to the device. */
    void upload(int epoch, int from, int to) {
        affine.upload(epoch, from, to);
        flips.upload(epoch, from, to);
        if (erased != null) {
            erased.upload(epoch, from, to);
        }
    }
}
