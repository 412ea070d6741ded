package dev.convoke.backend.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class NativeCacheTest {
    @Test
    void whereLibrariesLoadThereIsNoObstacle() {
        assertEquals(Optional.empty(), NativeCache.obstacle());
    }

    @Test
    void anotherReasonIsRepeated() {
        String reason = NativeCache.reason(new UnsatisfiedLinkError("no jnijavacpp in java.library.path\nmore"));
        assertEquals(
                "native libraries do not load (no jnijavacpp in java.library.path): run a build of Convoke for this"
                        + " platform, or use --device reference",
                reason);
    }
}
