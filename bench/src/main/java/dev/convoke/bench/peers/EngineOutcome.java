package dev.convoke.bench.peers;

/** What became of an engine in a table. */
enum EngineOutcome {
    /** It was measured, and does the same work as the reference. */
    MEASURED,
    /** It cannot do this work, and says why. */
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
