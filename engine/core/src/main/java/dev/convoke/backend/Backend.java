package dev.convoke.backend;

/**
 * A machine that trains: {@code reference}, {@code cpu}, {@code cuda}.
 *
 * <p>A backend is chosen once per run, and the choice is reported. It serves every op of every plan that it accepts by itself; there is no falling back
 * op by op.
 */
public interface Backend {
    /** The name that {@code --device} takes. */
    String name();

    /** Looks whether this machine can run the backend. Never throws, and says why not in one line. */
    Probe probe();

    /** How many sessions at a time make good use of the machine, each on a thread of its own. */
    default int parallelSessions() {
        return Runtime.getRuntime().availableProcessors();
    }

    /**
     * Refuses what no session of this device can do, so that it is said once and before anything is trained.
     *
     * @throws DeviceException if it cannot compute as {@code execution} says
     */
    default void check(Execution execution) {}

    /**
     * Opens a session: compiles kernels, lays memory out, sets initial parameters from each trial's seed.
     *
     * @throws DeviceException if the machine cannot do what is asked
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
     * Floating-point operations a second of a modest machine of this kind. Work is cut into portions by it, never by a
     * clock; a machine ten times slower or faster is still well served.
     */
    default double nominalFlopsPerSecond() {
        return 1e10;
    }
}
