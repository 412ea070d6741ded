package dev.convoke.backend.cpu;

import dev.convoke.backend.graph.Activations;
import dev.convoke.backend.graph.Buffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/** Where the parts of a batch begin in a buffer, made once. */
final class CpuPartPointers {
    private final FloatPointer[] floats;
    private final IntPointer[] ints;
    private final BytePointer[] bytes;

    private CpuPartPointers(int count) {
        floats = new FloatPointer[count];
        ints = new IntPointer[count];
        bytes = new BytePointer[count];
    }

    /** Of a buffer that has yet to get its place, {@code imageBytes} bytes an image. */
    static CpuPartPointers of(Buffer buffer, CpuParts parts, long imageBytes) {
        CpuPartPointers pieces = new CpuPartPointers(parts.count());
        buffer.whenPlaced(place -> pieces.fill(buffer.bytes(), parts, imageBytes));
        return pieces;
    }

    /** Of memory that is there. */
    static CpuPartPointers of(BytePointer block, CpuParts parts, long imageBytes) {
        CpuPartPointers pieces = new CpuPartPointers(parts.count());
        pieces.fill(block, parts, imageBytes);
        return pieces;
    }

    /** The values of activations. */
    static CpuPartPointers values(Activations activations, CpuParts parts) {
        return of(activations.values(), parts, imageBytes(activations));
    }

    /** The gradient of activations; null where they have none. */
    static @Nullable CpuPartPointers gradient(Activations activations, CpuParts parts) {
        return activations.hasGradient() ? of(activations.gradientBuffer(), parts, imageBytes(activations)) : null;
    }

    private static long imageBytes(Activations activations) {
        return (long) activations.shape().size() * Float.BYTES;
    }

    private void fill(BytePointer block, CpuParts parts, long imageBytes) {
        for (int part = 0; part < floats.length; part++) {
            bytes[part] = block.getPointer(parts.from(part) * imageBytes);
            floats[part] = new FloatPointer(bytes[part]);
            ints[part] = new IntPointer(bytes[part]);
        }
    }

    FloatPointer floats(int part) {
        return floats[part];
    }

    IntPointer ints(int part) {
        return ints[part];
    }

    BytePointer bytes(int part) {
        return bytes[part];
    }
}
