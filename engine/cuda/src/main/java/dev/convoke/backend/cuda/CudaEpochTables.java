package dev.convoke.backend.cuda;

import dev.convoke.backend.TrainingOrder;
import dev.convoke.model.ImageShape;
import dev.convoke.pipeline.Augmentation;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Everything of an epoch that is worked out on the host, by position: the order of the images and what happens to each. A
 * range is worked out before the range ahead of it has ended, so that the device need not wait.
 */
final class CudaEpochTables {
    private static final int NONE = -1;

    private final int positions;
    private final TrainingOrder order;
    private final CudaTable indices; // [positions], int32
    private final @Nullable CudaWarps warps; // null without augmentation
    private int orderedEpoch = NONE; // whose order is in the host's table
    private int filledEpoch = NONE; // of the positions that are worked out
    private int filledFrom;
    private int filledTo;

    CudaEpochTables(CudaResources resources, Augmentation changes, long seed, ImageShape shape, int positions) {
        this.positions = positions;
        order = new TrainingOrder(seed, positions);
        indices = new CudaTable(resources, "order", positions, Integer.BYTES);
        warps = changes.isNone() ? null : new CudaWarps(resources, changes, seed, shape, positions);
    }

    Pointer order() {
        return indices.device();
    }

    int positions() {
        return positions;
    }

    @Nullable CudaWarps warps() {
        return warps;
    }

    /** Queues positions {@code from .. to - 1} of {@code epoch} to the device; works them out where that is yet to do. */
    void upload(int epoch, int from, int to) {
        fill(epoch, from, to);
        indices.upload(epoch, from, to);
        if (warps != null) {
            warps.upload(epoch, from, to);
        }
    }

    /** Computes as many positions after {@code to - 1} as there are between {@code from} and {@code to}. */
    void workAhead(int epoch, int from, int to) {
        if (to < positions) {
            fill(epoch, to, Math.min(positions, to + to - from));
        } else {
            fill(epoch + 1, 0, Math.min(positions, to - from));
        }
    }

    private void fill(int epoch, int from, int to) {
        if (epoch == filledEpoch && from >= filledFrom && to <= filledTo) {
            return;
        }
        if (epoch != orderedEpoch) {
            new IntPointer(indices.host(epoch)).put(order.of(epoch));
            orderedEpoch = epoch;
        }
        if (warps != null) {
            warps.fill(epoch, from, to);
        }
        filledEpoch = epoch;
        filledFrom = from;
        filledTo = to;
    }
}
