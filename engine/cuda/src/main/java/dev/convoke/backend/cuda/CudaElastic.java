package dev.convoke.backend.cuda;

import dev.convoke.kernels.CudaKernels;
import dev.convoke.model.ImageShape;
import dev.convoke.pipeline.Augmentation;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The displacement fields of elastic distortion for the images of one batch. */
final class CudaElastic {
    private static final String LABEL = "elastic distortion";

    private final CudaContext context;
    private final ImageShape shape;
    private final float alpha;
    private final int radius;
    private final BytePointer taps; // [2 * radius + 1], float32
    private final BytePointer field; // [N, 2, H, W], float32

    CudaElastic(CudaContext context, Augmentation.Elastic elastic, ImageShape shape, int mostImages) {
        this.context = context;
        this.shape = shape;
        alpha = (float) elastic.alpha();
        radius = elastic.radius();
        float[] weights = elastic.taps();
        long tapBytes = (long) weights.length * Float.BYTES;
        taps = context.resources().allocate("taps", tapBytes);
        try (FloatPointer host = new FloatPointer(weights)) {
            context.queue().upload(taps, host, tapBytes, LABEL);
            context.queue().synchronize(LABEL);
        }
        long fieldBytes = 2L * mostImages * shape.height() * shape.width() * Float.BYTES;
        field = context.resources().allocate("displacements", fieldBytes);
        context.scratch().atLeast(fieldBytes);
    }

    /** Queues the fields of the {@code count} images of the state's step. */
    Pointer field(int count) {
        CudaRuntime.check(
                CudaKernels.elasticField(
                        context.trial().seed(),
                        context.state().device(),
                        count,
                        shape.height(),
                        shape.width(),
                        alpha,
                        taps,
                        radius,
                        context.scratch().data(),
                        field,
                        context.stream()),
                "convoke_cuda_elastic_field",
                LABEL);
        return field;
    }
}
