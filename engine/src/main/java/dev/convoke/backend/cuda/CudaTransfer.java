package dev.convoke.backend.cuda;

import dev.convoke.backend.ArenaSegment;
import dev.convoke.backend.ChannelsLast;
import dev.convoke.plan.Tensor;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/** Copies arenas and activations out of the device and back, canonical; waits for each. */
final class CudaTransfer {
    private final CudaStream stream;

    CudaTransfer(CudaStream stream) {
        this.stream = stream;
    }

    /** Sets every segment of {@code arena} to the canonical tensor that {@code values} gives; gaps are zeros. */
    void load(CudaArena arena, Function<ArenaSegment, Tensor> values) {
        try (FloatPointer host = new FloatPointer(Math.max(1, arena.layout().size()))) {
            Pointer.memset(host, 0, arena.bytes());
            for (ArenaSegment segment : arena.layout().segments()) {
                host.position(segment.start()).put(segment.arrange(values.apply(segment)));
            }
            host.position(0);
            if (arena.bytes() > 0) {
                stream.upload(arena.values(), host, arena.bytes(), arena.name());
                stream.synchronize(arena.name());
            }
        }
    }

    /** Takes every segment of {@code arena}, canonical, in the order of the layout. */
    void fetch(CudaArena arena, SegmentTaker taker) {
        if (arena.bytes() == 0) {
            return;
        }
        try (FloatPointer host = new FloatPointer(arena.layout().size())) {
            stream.download(host, arena.values(), arena.bytes(), arena.name());
            stream.synchronize(arena.name());
            for (ArenaSegment segment : arena.layout().segments()) {
                float[] ours = new float[segment.segment().size()];
                host.position(segment.start()).get(ours);
                taker.take(segment, segment.canonical(ours));
            }
            host.position(0);
        }
    }

    /** Takes a copy of a segment. */
    interface SegmentTaker {
        void take(ArenaSegment segment, Tensor canonical);
    }

    /** A copy of {@code source}, the values or the gradient of {@code tensor}. */
    Tensor fetch(CudaTensor tensor, Pointer source) {
        int count = (int) tensor.count();
        long bytes = (long) count * tensor.format().bytes();
        float[] values = new float[count]; // [N, H, W, C]
        try (BytePointer host = new BytePointer(bytes)) {
            stream.download(host, source, bytes, tensor.slot().name());
            stream.synchronize(tensor.slot().name());
            if (tensor.format() == CudaFormat.FLOAT32) {
                new FloatPointer(host).get(values);
            } else {
                short[] bits = new short[count];
                new ShortPointer(host).get(bits);
                for (int i = 0; i < count; i++) {
                    values[i] = CudaFormat.widen(bits[i]);
                }
            }
        }
        return ChannelsLast.canonical(tensor.slot(), tensor.batch(), tensor.folded(), values);
    }
}
