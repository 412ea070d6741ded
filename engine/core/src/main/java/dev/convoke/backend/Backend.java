package dev.convoke.backend;

/**
 * A device that trains networks: {@code reference}, {@code cpu}, {@code cuda}.
 *
 * <p>A backend is selected once per run, and the choice is reported to the user. It supports every op of every plan that it
 * accepts; there is no per-op fallback to another backend.
 */
public interface Backend {
    /** The name that {@code --device} takes. */
    String name();

    /** Checks whether this machine can run the backend. Never throws; the result gives the reason in one line. */
    Probe probe();

    /** Recommended number of concurrent sessions, each on its own thread. */
    default int parallelSessions() {
        return Runtime.getRuntime().availableProcessors();
    }

    /**
     * Checks options that no session of this device supports, so that they are reported once and before training.
     *
     * @throws DeviceException if {@code execution} is not supported
     */
    default void check(Execution execution) {}

    /**
     * Opens a session: compiles kernels, allocates memory, initializes parameters from the trial's seed.
     *
     * @throws DeviceException if the request is not supported or resources are missing
     */
    Session open(SessionRequest request);

    /**
     * Measures what the device can do at most, with the threads and in the precision of {@code execution}; takes about a
     * second.
     *
     * @throws DeviceException if the backend does not measure its device
     */
    default Roof measureRoof(Execution execution) {
        throw new DeviceException("device '" + name()
                + "' does not measure what it can do at most; profile another, such as --device cpu");
    }

    /**
     * Nominal floating-point operations per second of a modest device of this type. Work is divided into chunks by this
     * constant, never by measured time, so that results are reproducible; it is adequate for devices that are ten times
     * slower or faster.
     */
    default double nominalFlopsPerSecond() {
        return 1e10;
    }
}
