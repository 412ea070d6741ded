package dev.convoke.backend.reference;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Probe;
import dev.convoke.backend.RequestCheck;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;

/**
 * The oracle that every other backend is tested against: plain Java, canonical layout, float32 and float64. Runs everywhere
 * and slowly, on one thread whatever the session asks for.
 *
 * <p>Float64 parameters lose their last bits when they leave a session, since a state holds float32.
 */
public final class ReferenceBackend implements Backend {
    static final String NAME = "reference";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        return Probe.found("plain Java loops, float32 and float64");
    }

    @Override
    public Session open(SessionRequest request) {
        RequestCheck.check(request);
        return new ReferenceSession(request);
    }

    @Override
    public double nominalFlopsPerSecond() {
        return 2e8;
    }
}
