package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Arena;
import dev.convoke.backend.graph.ArenaSegment;
import dev.convoke.kernels.CudaKernels;
import dev.convoke.plan.Segment;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * What the optimizer updates: float32 values, and where products read another format a copy in that one, which the optimizer
 * writes along.
 */
final class CudaParameters {
    private final Arena master;
    private final CudaFormat format;
    private final CudaStream stream;
    private final @Nullable BytePointer copy; // of the master's layout; null where products read float32
    private final List<Pointer> copies = new ArrayList<>();

    CudaParameters(CudaResources resources, Arena master, CudaFormat format) {
        this.master = master;
        this.format = format;
        stream = resources.stream();
        copy = format == CudaFormat.FLOAT32
                ? null
                : resources.allocate("parameters for products", master.layout().size() * format.bytes());
        if (copy != null) {
            for (ArenaSegment segment : master.layout().segments()) {
                copies.add(copy.getPointer(segment.start() * format.bytes()));
            }
        }
    }

    /** The float32 values. */
    Arena master() {
        return master;
    }

    /** The float32 values of one segment. */
    FloatPointer of(Segment segment) {
        return master.of(segment);
    }

    /** The values of one segment as products read them. */
    Pointer forProducts(Segment segment) {
        return copy == null ? master.of(segment) : copies.get(segment.index());
    }

    /** All values as products read them, for the optimizer to write; null where that is the float32 values. */
    @Nullable Pointer copy() {
        return copy;
    }

    /** Makes the copy follow the float32 values, after these were set by another hand than the optimizer's. */
    void refresh() {
        if (copy != null) {
            CudaRuntime.check(
                    CudaKernels.cast(
                            CudaKernels.FLOAT32,
                            master.values(),
                            format.code(),
                            copy,
                            master.layout().size(),
                            stream.handle()),
                    "convoke_cuda_cast",
                    "parameters for products");
        }
    }
}
