package dev.convoke.bench.peers;

/** The outcome of an engine's measurement. */
enum EngineOutcome {
    /** It was measured, and does the same work as the reference. */
    MEASURED,
    /** The engine does not support this work; the remark gives the reason. */
    UNSUPPORTED,
    /** It should have done this work, and failed. */
    FAILED,
    /** It did other work than the reference. */
    DIFFERS,
    /** The clock does not see what it worked. */
    UNCOUNTED;

    /** Whether a comparison with such a row has not reached its end. */
    boolean isFault() {
        return this != MEASURED && this != UNSUPPORTED;
    }
}
