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
    private final int threads;
    private final FloatPointer taps; // [2 * radius + 1]
    private final BytePointer fieldBytes;
    private final FloatPointer field; // [N, 2, H, W]
    private final CpuScratch scratch;

    CpuElastic(CpuContext context, Augmentation.Elastic elastic, ImageShape shape, int batch) {
        this.shape = shape;
        alpha = (float) elastic.alpha();
        radius = elastic.radius();
        threads = context.threads();
        float[] weights = elastic.taps();
        taps = new FloatPointer(context.resources().allocate("taps", (long) weights.length * Float.BYTES));
        taps.put(weights);
        long values = 2L * batch * shape.height() * shape.width();
        fieldBytes = context.resources().allocate("displacements", values * Float.BYTES);
        field = new FloatPointer(fieldBytes);
        context.workspaces().atLeast(Kernels.elasticFieldWorkspaceBytes(shape.height(), shape.width(), 1));
        scratch = context.engine()
                .scratch()
                .atLeast(Kernels.elasticFieldWorkspaceBytes(shape.height(), shape.width(), threads));
    }

    /** The fields of {@code count} images from position {@code first} of {@code epoch} on. */
    FloatPointer field(long seed, int epoch, int first, int count) {
        fill(seed, epoch, first, count, scratch.bytes(), field, threads);
        return field;
    }

    /** The same into {@code out}, {@code [count, 2, H, W]}. */
    void fill(long seed, int epoch, int first, int count, BytePointer workspace, FloatPointer out, int workers) {
        Kernels.elasticField(
                seed, epoch, first, count, shape.height(), shape.width(), alpha, taps, radius, workspace, out, workers);
    }

    /** The memory of the fields of a batch, cut. */
    CpuPieces pieces(CpuParts parts) {
        return CpuPieces.of(fieldBytes, parts, 2L * shape.height() * shape.width() * Float.BYTES);
    }
}
