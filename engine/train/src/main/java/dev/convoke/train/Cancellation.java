package dev.convoke.train;

/** Asks a run, or a whole sweep, to stop; may be used from any thread, a signal handler's included. */
public final class Cancellation {
    private volatile boolean cancelled;

    /** Asks for the stop; it is honored within a second or so, at the end of the range of steps under way. */
    public void cancel() {
        cancelled = true;
    }

    public boolean isCancelled() {
        return cancelled;
    }
}
