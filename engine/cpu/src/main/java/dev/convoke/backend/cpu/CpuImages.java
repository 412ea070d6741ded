package dev.convoke.backend.cpu;

import dev.convoke.backend.TargetRows;
import dev.convoke.datasets.ImageSet;
import dev.convoke.kernels.Kernels;
import dev.convoke.model.Loss;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * An image set in native memory, one copy for all sessions of the process that use it. The last one that releases it frees
 * it.
 */
final class CpuImages {
    /** Image sets are compared by identity; their targets are stored as the loss reads them. */
    private record Key(ImageSet images, Loss.Target target, int width) {}

    private static final Map<Key, CpuImages> LIVE = new HashMap<>();

    private final Key key;
    private final CpuResources resources = new CpuResources();
    private final BytePointer pixels; // [total, H, W, C]
    private final IntPointer targets; // [total, width]
    private int users;

    private CpuImages(Key key, Loss loss) {
        this.key = key;
        ImageSet images = key.images;
        int[] rows = TargetRows.bits(loss, images.targets());
        pixels = resources.allocate("the images", images.pixels().length);
        targets = new IntPointer(resources.allocate("the targets", (long) rows.length * Integer.BYTES));
        pixels.put(images.pixels(), 0, images.pixels().length);
        targets.put(rows);
    }

    /** The copy of {@code images}, made where there is none; to be released once. */
    static CpuImages acquire(ImageSet images, Loss loss) {
        synchronized (LIVE) {
            Key wanted = new Key(images, loss.target(), TargetRows.width(loss));
            CpuImages copy = LIVE.computeIfAbsent(wanted, missing -> new CpuImages(missing, loss));
            copy.users++;
            return copy;
        }
    }

    void release() {
        synchronized (LIVE) {
            users--;
            if (users == 0) {
                LIVE.remove(key);
                resources.close();
            }
        }
    }

    ImageSet images() {
        return key.images;
    }

    BytePointer pixels() {
        return pixels;
    }

    /** Copies the targets of {@code count} images, by their indices. */
    void gatherTargets(IntPointer indices, int count, BytePointer out) {
        Kernels.gatherRows(targets, (long) key.width * Integer.BYTES, indices, count, out);
    }
}
