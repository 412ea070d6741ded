package dev.convoke.backend.cuda;

import dev.convoke.backend.TargetRows;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Loss;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * An image set on a device, one copy for all sessions of the process that use it there. The last one that releases it frees
 * it.
 */
final class CudaImages {
    /** Image sets are compared by identity; their targets are stored as the loss reads them. */
    private record Key(CudaDevice device, ImageSet images, Loss.Target target, int words) {}

    private static final Map<Key, CudaImages> LIVE = new HashMap<>();

    private final Key key;
    private final CudaResources resources;
    private final BytePointer pixels; // [total, H, W, C], uint8
    private final BytePointer targets; // [total, words]
    private int users;

    private CudaImages(Key key, Loss loss) {
        this.key = key;
        resources = new CudaResources(key.device());
        try (BytePointer hostPixels = new BytePointer(key.images().pixels());
                IntPointer hostTargets =
                        new IntPointer(TargetRows.bits(loss, key.images().targets()))) {
            pixels = upload("the images", hostPixels);
            targets = upload("the targets", hostTargets);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    private BytePointer upload(String name, Pointer host) {
        long bytes = host.capacity() * host.sizeof();
        BytePointer device = resources.allocate(name, bytes);
        resources.stream().upload(device, host, bytes, name);
        resources.stream().synchronize(name);
        return device;
    }

    /** The copy of {@code images} on {@code device}, made where there is none; to be released once. */
    static CudaImages acquire(CudaDevice device, ImageSet images, Loss loss) {
        synchronized (LIVE) {
            Key wanted = new Key(device, images, loss.target(), TargetRows.width(loss));
            CudaImages copy = LIVE.computeIfAbsent(wanted, missing -> new CudaImages(missing, loss));
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

    int count() {
        return key.images().count();
    }

    ImageSet images() {
        return key.images();
    }

    Pointer pixels() {
        return pixels;
    }

    Pointer targets() {
        return targets;
    }

    /** 32-bit words of an image's target. */
    int targetWords() {
        return key.words();
    }
}
