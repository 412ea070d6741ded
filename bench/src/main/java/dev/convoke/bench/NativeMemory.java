package dev.convoke.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Buffers of a benchmark, released together. */
final class NativeMemory implements AutoCloseable {
    private static final int CACHE_LINE = 64;

    private final List<Pointer> owned = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);

    /** Zeros at the start of a cache line. */
    BytePointer bytes(long count) {
        BytePointer block = own(new BytePointer(count + CACHE_LINE));
        Pointer.memset(block, 0, block.capacity());
        return block.getPointer(-block.address() & (CACHE_LINE - 1));
    }

    /** Zeros. */
    FloatPointer floats(long count) {
        return new FloatPointer(bytes(count * Float.BYTES));
    }

    /** Values uniform in [-1, 1): about half of them pass a ReLU. */
    FloatPointer signed(long count) {
        FloatPointer values = floats(count);
        for (long i = 0; i < count; i++) {
            values.put(i, (float) random.nextDouble(-1, 1));
        }
        return values;
    }

    /** Whole numbers from 0 to below {@code bound}. */
    IntPointer ints(int count, int bound) {
        IntPointer values = new IntPointer(bytes((long) count * Integer.BYTES));
        for (int i = 0; i < count; i++) {
            values.put(i, random.nextInt(bound));
        }
        return values;
    }

    /** Bytes from 0 to below {@code bound}. */
    BytePointer randomBytes(int count, int bound) {
        BytePointer values = bytes(count);
        for (int i = 0; i < count; i++) {
            values.put(i, (byte) random.nextInt(bound));
        }
        return values;
    }

    DoublePointer number() {
        return new DoublePointer(bytes(Double.BYTES));
    }

    /** Gives {@code pointer} back with the others. */
    <P extends Pointer> P own(P pointer) {
        owned.add(pointer);
        return pointer;
    }

    @Override
    public void close() {
        owned.forEach(Pointer::deallocate);
        owned.clear();
    }
}
