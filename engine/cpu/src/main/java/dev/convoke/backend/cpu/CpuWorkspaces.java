package dev.convoke.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Working memory for each thread of a team, as large as the largest demand; it holds nothing between two calls. */
final class CpuWorkspaces {
    private final List<BytePointer> blocks = new ArrayList<>();
    private final List<FloatPointer> floats = new ArrayList<>();
    private long bytes;

    /** Reserves at least {@code wanted} bytes per worker. */
    void atLeast(long wanted) {
        bytes = Math.max(bytes, wanted);
    }

    /** Allocates the reserved memory. */
    void allocate(CpuResources resources, int workers) {
        for (int worker = 0; worker < workers; worker++) {
            BytePointer block = resources.allocate("workspace", bytes);
            blocks.add(block);
            floats.add(new FloatPointer(block));
        }
    }

    BytePointer of(int worker) {
        return blocks.get(worker);
    }

    FloatPointer floats(int worker) {
        return floats.get(worker);
    }
}
