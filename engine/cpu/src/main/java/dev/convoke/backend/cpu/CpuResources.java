package dev.convoke.backend.cpu;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.graph.Memory;
import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Everything native that a session holds; closing gives it back in reverse order of its making. */
final class CpuResources implements AutoCloseable, Memory {
    /** A cache line, and the width of the widest vector register. */
    static final int ALIGNMENT = 64;

    private final Deque<Runnable> releases = new ArrayDeque<>();

    /** Runs {@code release} on closing. */
    void onClose(Runnable release) {
        releases.push(release);
    }

    /** Gives {@code pointer} back on closing. */
    <P extends Pointer> P own(P pointer) {
        onClose(pointer::deallocate);
        return pointer;
    }

    /**
     * Zeroed memory that starts at a multiple of {@link #ALIGNMENT}.
     *
     * @throws DeviceException if there is not enough
     */
    @Override
    public BytePointer allocate(String name, long bytes) {
        try {
            BytePointer block = own(new BytePointer(Math.max(1, bytes) + ALIGNMENT));
            Pointer.memset(block, 0, block.capacity());
            long start = -block.address() & (ALIGNMENT - 1);
            return block.getPointer(start);
        } catch (OutOfMemoryError e) {
            throw new DeviceException(
                    "device 'cpu' does not have the " + bytes + " bytes of memory that " + name
                            + " needs; run fewer trials at once, take a smaller batch, or give JavaCPP more with"
                            + " -Dorg.bytedeco.javacpp.maxbytes",
                    e);
        }
    }

    @Override
    public int alignment() {
        return ALIGNMENT;
    }

    @Override
    public void write(Pointer to, float[] values) {
        new FloatPointer(to).put(values);
    }

    @Override
    public float[] read(Pointer from, int count) {
        float[] values = new float[count];
        new FloatPointer(from).get(values);
        return values;
    }

    @Override
    public float[] readActivations(Pointer from, int count, int valueBytes) {
        return read(from, count);
    }

    @Override
    public void copy(Pointer to, Pointer from, long bytes) {
        Pointer.memcpy(to, from, bytes);
    }

    @Override
    public void clear(Pointer at, long bytes) {
        Pointer.memset(at, 0, bytes);
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
