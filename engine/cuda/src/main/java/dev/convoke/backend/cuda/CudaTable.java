package dev.convoke.backend.cuda;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A table by the position in an epoch: one on the device, and two of the host's that take turns from epoch to epoch, so that
 * the next epoch can be worked out while the device still runs this one.
 */
final class CudaTable {
    private final String name;
    private final CudaStream stream;
    private final long bytes; // of a position
    private final BytePointer[] host = new BytePointer[2]; // pinned
    private final BytePointer device;

    CudaTable(CudaResources resources, String name, int positions, long bytes) {
        this.name = name;
        this.bytes = bytes;
        stream = resources.stream();
        for (int i = 0; i < host.length; i++) {
            host[i] = resources.allocateHost(name, positions * bytes);
        }
        device = resources.allocate(name, positions * bytes);
    }

    /** The host's memory of {@code epoch}. */
    BytePointer host(int epoch) {
        return host[epoch % host.length];
    }

    Pointer device() {
        return device;
    }

    /** Queues the way of the positions {@code from .. to - 1} to the device. */
    void upload(int epoch, int from, int to) {
        stream.upload(device.getPointer(from * bytes), host(epoch).getPointer(from * bytes), (to - from) * bytes, name);
    }
}
