package dev.convoke.backend.cpu;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** Where the parts of a batch begin in a buffer, made once. */
final class CpuPieces {
    private final FloatPointer[] floats;
    private final IntPointer[] ints;
    private final BytePointer[] bytes;

    private CpuPieces(int count) {
        floats = new FloatPointer[count];
        ints = new IntPointer[count];
        bytes = new BytePointer[count];
    }

    /** Of a buffer that has yet to get its place, {@code imageBytes} bytes an image. */
    static CpuPieces of(CpuBuffer buffer, CpuParts parts, long imageBytes) {
        CpuPieces pieces = new CpuPieces(parts.count());
        buffer.whenPlaced(place -> pieces.fill(buffer.bytes(), parts, imageBytes));
        return pieces;
    }

    /** Of memory that is there. */
    static CpuPieces of(BytePointer block, CpuParts parts, long imageBytes) {
        CpuPieces pieces = new CpuPieces(parts.count());
        pieces.fill(block, parts, imageBytes);
        return pieces;
    }

    /** The values of a tensor. */
    static CpuPieces values(CpuTensor tensor, CpuParts parts) {
        return of(tensor.values(), parts, imageBytes(tensor));
    }

    /** The gradient of a tensor. */
    static CpuPieces gradient(CpuTensor tensor, CpuParts parts) {
        return of(tensor.gradientBuffer(), parts, imageBytes(tensor));
    }

    private static long imageBytes(CpuTensor tensor) {
        return (long) tensor.shape().size() * Float.BYTES;
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
