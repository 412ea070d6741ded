package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Activations;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.model.ImageShape;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Fills a batch with images of a set that is stored on the device: in order, augmented, in the format of the network. */
final class CudaLoader {
    private final CudaContext context;
    private final CudaImages images;
    private final Pointer order; // [positions], int32
    private final int positions;
    private final @Nullable CudaWarps warps;
    private final @Nullable CudaElastic elastic;

    private CudaLoader(
            CudaContext context,
            CudaImages images,
            Pointer order,
            int positions,
            @Nullable CudaWarps warps,
            @Nullable CudaElastic elastic) {
        this.context = context;
        this.images = images;
        this.order = order;
        this.positions = positions;
        this.warps = warps;
        this.elastic = elastic;
    }

    /** Training images as the tables of their epoch say. */
    static CudaLoader training(
            CudaContext context, CudaImages images, CudaEpochTables tables, @Nullable CudaElastic elastic) {
        return new CudaLoader(context, images, tables.order(), tables.positions(), tables.warps(), elastic);
    }

    /** Images as they are; positions past the last one repeat it. */
    static CudaLoader plain(CudaContext context, CudaImages images, Pointer order) {
        return new CudaLoader(context, images, order, images.count(), null, null);
    }

    /** The same images in the same order, as they are. */
    CudaLoader plain() {
        return new CudaLoader(context, images, order, positions, null, null);
    }

    /** Queues the images at the state's position, and their targets. */
    void load(Activations input, Pointer targets) {
        ImageShape shape = input.shape();
        Pointer displacement = elastic == null ? null : elastic.field(input.batch());
        CudaRuntime.check(
                CudaKernels.loadExamples(
                        images.pixels(),
                        images.targets(),
                        images.targetWords(),
                        images.count(),
                        order,
                        positions,
                        shape.height(),
                        shape.width(),
                        shape.channels(),
                        warps == null ? null : warps.affine(),
                        warps == null ? null : warps.flips(),
                        displacement,
                        warps == null ? null : warps.erased(),
                        warps == null ? 0 : warps.eraseValue(),
                        context.state().device(),
                        input.batch(),
                        context.format().code(),
                        input.data(),
                        targets,
                        context.stream()),
                "convoke_cuda_load_examples",
                "the images");
    }
}
