package dev.convoke.backend.graph;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** The memory of a device: what the shared pieces need of it. */
public interface Memory {
    /**
     * Allocates zeroed memory for the lifetime of the session.
     *
     * @param name for messages
     * @throws dev.convoke.backend.DeviceException if there is not enough
     */
    BytePointer allocate(String name, long bytes);

    /** Bytes from one tensor of an arena to the next at least. */
    int alignment();

    /** Copies float32 values to the device and waits. */
    void write(Pointer to, float[] values);

    /** Copies {@code count} float32 values from the device and waits. */
    float[] read(Pointer from, int count);

    /** Copies {@code count} activations from the device, in whatever format they are, and waits. */
    float[] readActivations(Pointer from, int count, int valueBytes);

    /** Copies from one place of the device to another, in the order of its work. */
    void copy(Pointer to, Pointer from, long bytes);

    /** Sets bytes to zero, in the order of its work. */
    void clear(Pointer at, long bytes);
}
