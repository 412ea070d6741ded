package dev.convoke.sweep;

import dev.convoke.backend.Execution;
import dev.convoke.train.Cancellation;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A sweep in a process of its own, for a test to kill. */
final class KilledSweep {
    private static final String SUITE = """
            convoke: 1
            name: killed
            seeds: 3
            base: {blocks: %s, dense: 6, epochs: 20, batch_size: 10}
            runs:
              - name: plain
              - {name: continued, start_from: plain}
            """;

    private KilledSweep() {}

    /** Sweeps with the subject that is named first into the folder that is named second. */
    public static void main(String[] arguments) {
        run(SweepBackend.valueOf(arguments[0]), Path.of(arguments[1]));
    }

    static SweepResults run(SweepBackend subject, Path out) {
        SweepRequest request = new SweepRequest(
                subject.suite(SUITE),
                subject.dataset(),
                Map.of(),
                Optional.empty(),
                2,
                out,
                SweepRequest.Existing.RESUME,
                subject.backend(),
                Execution.SINGLE_THREAD,
                "0.1.0",
                "convoke sweep killed");
        return Sweep.run(request, SweepListener.SILENT, new Cancellation());
    }
}
