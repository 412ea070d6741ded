package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import dev.convoke.model.ImageShape;
import dev.convoke.pipeline.Augmentation;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** The displacement fields of elastic distortion for the images of one batch. */
final class CpuElastic {
    private final ImageShape shape;
    private final float alpha;
    private final int radius;
    private final FloatPointer taps; // [2 * radius + 1]
    private final BytePointer fieldBytes; // [N, 2, H, W]

    CpuElastic(CpuContext context, Augmentation.Elastic elastic, ImageShape shape, int batch) {
        this.shape = shape;
        alpha = (float) elastic.alpha();
        radius = elastic.radius();
        float[] weights = elastic.taps();
        taps = new FloatPointer(context.resources().allocate("taps", (long) weights.length * Float.BYTES));
        taps.put(weights);
        long values = 2L * batch * shape.height() * shape.width();
        fieldBytes = context.resources().allocate("displacements", values * Float.BYTES);
        context.workspaces().atLeast(Kernels.elasticFieldWorkspaceBytes(shape.height(), shape.width(), 1));
    }

    /** The fields of {@code count} images from position {@code first} of {@code epoch} on, {@code [count, 2, H, W]}. */
    void fill(long seed, int epoch, int first, int count, BytePointer workspace, FloatPointer out) {
        Kernels.elasticField(
                seed, epoch, first, count, shape.height(), shape.width(), alpha, taps, radius, workspace, out, 1);
    }

    /** The memory of the fields of a batch, cut. */
    CpuPartPointers pieces(CpuParts parts) {
        return CpuPartPointers.of(fieldBytes, parts, 2L * shape.height() * shape.width() * Float.BYTES);
    }
}
