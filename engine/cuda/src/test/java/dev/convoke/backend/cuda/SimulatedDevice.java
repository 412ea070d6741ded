package dev.convoke.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What tests ask the simulated device: what went wrong, what was not given back, what it counts; and what they set.
 * Tests that use it carry the tag {@value #TAG}: Surefire runs them in a process of their own, whose library path leads
 * to the simulated libraries. {@code docs/simulated-device.md} explains the device.
 */
public final class SimulatedDevice {
    /** Tag of the tests that run on the simulated device. */
    public static final String TAG = "simulated";

    /** System property that names the folder of the simulated libraries. */
    private static final String FOLDER = "convoke.simulated";

    static {
        System.load(folder().resolve("libsimulated_jni.so").toString());
    }

    private SimulatedDevice() {}

    /** Who may make or end memory, handles, descriptors, events, streams and graphs. */
    public enum Allocation {
        ALLOWED,
        /** The calling thread may not: it is inside a step. */
        FORBIDDEN_HERE,
        FORBIDDEN_EVERYWHERE
    }

    /** What the device counts, in the order of {@code SimCounter}. */
    public enum Counter {
        BYTES_NOW,
        BYTES_PEAK,
        ALLOCATIONS,
        WORK_RUN,
        WORK_QUEUED
    }

    /** Where the simulated libraries are. */
    public static Path folder() {
        String folder = System.getProperty(FOLDER);
        if (folder == null) {
            throw new IllegalStateException("-D" + FOLDER + "=FOLDER is missing: this test is tagged \"" + TAG
                    + "\" and runs in Surefire's execution simulated-device");
        }
        return Path.of(folder).toAbsolutePath().normalize();
    }

    /** A line for each call that was wrong, with its reason; empty where there was none. */
    public static native String violations();

    public static native void clearViolations();

    /** A line for each piece of memory and each handle that was not given back; empty where there is none. */
    public static native String leaks();

    public static void forbidAllocation(Allocation allocation) {
        forbidAllocation(allocation.ordinal());
    }

    public static long count(int device, Counter counter) {
        return counter(device, counter.ordinal());
    }

    /** Sets what an environment variable {@code CONVOKE_SIM_...} sets; null takes the setting back. */
    public static native void set(String name, @Nullable String value);

    /** The nth call of this name from now on, 1 being the next, fails with this status of its library. */
    public static native void fail(String call, int nth, int status);

    /** Fails with what was wrong or was not given back, if anything. */
    public static void assertClean() {
        assertEquals("", violations(), "calls that the simulated device refuses");
        assertEquals("", leaks(), "not given back");
    }

    private static native void forbidAllocation(int allocation);

    private static native long counter(int device, int counter);
}
