package dev.convoke.datasets;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The array that an IDX file holds: row-major, last dimension fastest, elements as the file has them. */
public final class IdxArray {
    private final IdxType type;
    private final int[] shape;
    private final byte[] data;

    IdxArray(IdxType type, int[] shape, byte[] data) {
        this.type = type;
        this.shape = shape;
        this.data = data;
    }

    public IdxType type() {
        return type;
    }

    /** Number of dimensions, 1 to 8. */
    public int rank() {
        return shape.length;
    }

    /** Size along {@code axis}. */
    public int size(int axis) {
        return shape[axis];
    }

    /** Number of elements. */
    public int count() {
        return data.length / type.bytes();
    }

    /** The shared bytes of all elements, big-endian; not to be written. */
    public byte[] data() {
        return data;
    }

    /** Element {@code index} in row-major order; exact for every type. */
    public double get(int index) {
        ByteBuffer elements = ByteBuffer.wrap(data);
        return switch (type) {
            case UINT8 -> data[index] & 0xff;
            case INT8 -> data[index];
            case INT16 -> elements.getShort(index * 2);
            case INT32 -> elements.getInt(index * 4);
            case FLOAT32 -> elements.getFloat(index * 4);
            case FLOAT64 -> elements.getDouble(index * 8);
        };
    }

    /** Readable type and shape, such as {@code UINT8 60000x28x28}. */
    @Override
    public String toString() {
        return type + " " + Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining("x"));
    }
}
