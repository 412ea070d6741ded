package dev.convoke.backend.cpu;

import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.StepProfile.Pass;
import java.util.List;

/**
 * Runs one part of a training step repeatedly, on the tensors of a real step, for benchmarks of single ops. If a run
 * overwrites its input, such as a gradient that it masks in place, the next run reads the overwritten values; the measured
 * times are those with tensors in the caches.
 */
public final class CpuPartRunner implements AutoCloseable {
    private final CpuSession session;
    private final int warmUp;
    private final CpuProfiler parts;
    private int selected;

    /**
     * Opens a session and trains the first steps of its first epoch.
     *
     * @param warmUp steps trained, so that the share of live windows is that of training; the step after them is the one
     *     whose parts are run, and must be one of a full batch
     */
    public CpuPartRunner(SessionRequest request, int warmUp) {
        this.warmUp = warmUp;
        session = (CpuSession) new CpuBackend().open(request);
        StepProfile.checkFull(session.program(), warmUp + 1);
        session.train(0, 0, warmUp);
        parts = session.parts(0, warmUp, warmUp + 1);
    }

    /** The parts of a step in order; their times are not measured. */
    public List<StepProfile.Part> parts() {
        return parts.profile().parts();
    }

    /**
     * Runs the step up to a part, which {@link #run} then runs.
     *
     * @param name the part's, or its first op's
     * @throws IllegalArgumentException if there is no such part
     */
    public StepProfile.Part select(String name, Pass pass) {
        List<StepProfile.Part> all = parts();
        for (int i = 0; i < all.size(); i++) {
            StepProfile.Part part = all.get(i);
            if (part.pass() == pass && (part.name() + "+").startsWith(name + "+")) {
                selected = i;
                return part;
            }
            parts.runPart(i, warmUp);
        }
        throw new IllegalArgumentException("no step of "
                + session.program().full().model().name() + " has a part '" + name + "' on its way " + pass);
    }

    /** Runs the selected part once. */
    public void run() {
        parts.runPart(selected, warmUp);
    }

    @Override
    public void close() {
        session.close();
    }
}
