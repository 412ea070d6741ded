package dev.convoke.backend.cuda;

import dev.convoke.datasets.ImageSet;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * An image set on a device, one copy for all sessions of the process that use it there. The last one that releases it frees
 * it.
 */
final class CudaImages {
    /** Image sets are equal only to themselves. */
    private record Key(CudaDevice device, ImageSet images) {}

    private static final Map<Key, CudaImages> LIVE = new HashMap<>();

    private final Key key;
    private final CudaResources resources;
    private final BytePointer pixels; // [total, H, W, C], uint8
    private final BytePointer labels; // [total], uint8
    private int users;

    private CudaImages(Key key) {
        this.key = key;
        resources = new CudaResources(key.device());
        try {
            pixels = upload("the images", key.images().pixels());
            labels = upload("the labels", key.images().labels());
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    private BytePointer upload(String name, byte[] values) {
        BytePointer device = resources.allocate(name, values.length);
        try (BytePointer host = new BytePointer(values)) {
            resources.stream().upload(device, host, values.length, name);
            resources.stream().synchronize(name);
        }
        return device;
    }

    /** The copy of {@code images} on {@code device}, made where there is none; to be released once. */
    static CudaImages acquire(CudaDevice device, ImageSet images) {
        synchronized (LIVE) {
            CudaImages copy = LIVE.computeIfAbsent(new Key(device, images), CudaImages::new);
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

    Pointer labels() {
        return labels;
    }
}
