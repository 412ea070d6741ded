package dev.convoke.backend.cuda;

import dev.convoke.backend.graph.Memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/** A device's memory as the shared pieces use it: what is allocated belongs to {@code resources}, and copies queue on their stream. */
record CudaMemory(CudaResources resources) implements Memory {
    private static final String LABEL = "a copy of tensors";

    @Override
    public BytePointer allocate(String name, long bytes) {
        return resources.allocate(name, bytes);
    }

    /** Twice that of other memory: a bfloat16 copy of an arena, in the same layout, is so aligned too. */
    @Override
    public int alignment() {
        return CudaResources.ALIGNMENT * (Float.BYTES / Short.BYTES);
    }

    @Override
    public void write(Pointer to, float[] values) {
        try (FloatPointer host = new FloatPointer(values)) {
            resources.stream().upload(to, host, (long) values.length * Float.BYTES, LABEL);
            resources.stream().synchronize(LABEL);
        }
    }

    @Override
    public float[] read(Pointer from, int count) {
        float[] values = new float[count];
        try (FloatPointer host = new FloatPointer(count)) {
            download(host, from, (long) count * Float.BYTES);
            host.get(values);
        }
        return values;
    }

    @Override
    public float[] readActivations(Pointer from, int count, int valueBytes) {
        if (valueBytes == CudaFormat.FLOAT32.bytes()) {
            return read(from, count);
        }
        short[] bits = new short[count];
        try (ShortPointer host = new ShortPointer(count)) {
            download(host, from, (long) count * Short.BYTES);
            host.get(bits);
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = CudaFormat.widen(bits[i]);
        }
        return values;
    }

    private void download(Pointer host, Pointer device, long bytes) {
        resources.stream().download(host, device, bytes, LABEL);
        resources.stream().synchronize(LABEL);
    }

    @Override
    public void copy(Pointer to, Pointer from, long bytes) {
        resources.stream().copy(to, from, bytes, LABEL);
    }

    @Override
    public void clear(Pointer at, long bytes) {
        resources.stream().clear(at, bytes, "zeros");
    }
}
