package dev.convoke.sweep;

import dev.convoke.backend.Execution;
import dev.convoke.train.Cancellation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A sweep of many short trials in a process of its own, which says what it holds early and at its end. */
final class SoakedSweep {
    /** Trials after which everything has been loaded and allocated that is so once. */
    static final int WARM = 10;

    private static final String SUITE = """
            convoke: 1
            name: soaked
            seeds: %d
            base: {blocks: %%s, dense: 6, epochs: 1, batch_size: 10, dropout: 0.2}
            runs:
              - name: plain
              - {name: normalized, batch_norm: each_block}
            """;

    private SoakedSweep() {}

    /**
     * What a process holds.
     *
     * @param heap bytes after a collection
     * @param resident bytes of the process in memory
     * @param outside resident bytes that no file backs, without the heap's limit, which was touched as a whole at the start
     */
    record Held(int trials, long heap, long resident, long outside, long descriptors, long threads) {
        static Held now(int trials) throws IOException {
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            return new Held(
                    trials,
                    heap,
                    status("VmRSS"),
                    status("RssAnon") - Runtime.getRuntime().maxMemory(),
                    entries("/proc/self/fd"),
                    entries("/proc/self/task"));
        }

        private static long status(String field) throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
                String line = lines.filter(each -> each.startsWith(field + ":"))
                        .findFirst()
                        .orElseThrow();
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }

        private static long entries(String folder) throws IOException {
            try (Stream<Path> entries = Files.list(Path.of(folder))) {
                return entries.count();
            }
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "held after %d trials: heap %d, resident %d, outside %d, descriptors %d, threads %d",
                    trials,
                    heap,
                    resident,
                    outside,
                    descriptors,
                    threads);
        }
    }

    /** Sweeps with the subject named first into the folder named second; as many trials as named third, an even number. */
    public static void main(String[] arguments) {
        SweepBackend subject = SweepBackend.valueOf(arguments[0]);
        int trials = Integer.parseInt(arguments[2]);
        SweepRequest request = new SweepRequest(
                subject.suite(SUITE.formatted(trials / 2)),
                subject.dataset(),
                Map.of(),
                Optional.empty(),
                2,
                Path.of(arguments[1]),
                SweepRequest.Existing.REFUSE,
                subject.backend(),
                Execution.SINGLE_THREAD,
                "0.1.0",
                "convoke sweep soaked");
        SweepListener listener = new SweepListener() {
            private int ended;

            @Override
            public void trialEnded(Trial trial, SweepResults.SeedResults result) {
                ended++;
                if (ended == WARM || ended == trials) {
                    print(ended);
                }
            }
        };
        Sweep.run(request, listener, new Cancellation());
    }

    private static void print(int trials) {
        try {
            System.out.println(Held.now(trials));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
