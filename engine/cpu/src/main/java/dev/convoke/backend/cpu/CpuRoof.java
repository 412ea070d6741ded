package dev.convoke.backend.cpu;

import dev.convoke.backend.Execution;
import dev.convoke.backend.Roof;
import dev.convoke.kernels.Kernels;
import dev.convoke.plan.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.bytedeco.javacpp.FloatPointer;

/** Measures the processor: the best of several tries each, since whatever else runs can only slow them down. */
final class CpuRoof {
    private static final int TRIES = 30;
    private static final int SIZING_TRIES = 5;
    /** What a try takes at least: neither the clock nor the start of threads counts, and others rarely get in between. */
    private static final long TRY_NANOS = 1_000_000;

    private static final long SMALLEST_COPY = 16L << 10; // bytes moved
    /** Beyond the last-level caches of one socket. */
    private static final long LARGEST_COPY = 256L << 20;

    private static final int GROWTH = 4;
    private static final int CALLS = 50_000;

    private final int threads;

    private CpuRoof(int threads) {
        this.threads = threads;
    }

    static Roof measure(Execution execution) {
        CpuRoof roof = new CpuRoof(execution.threads());
        try (CpuResources resources = new CpuResources()) {
            String words = Kernels.instructionSet() + " multiply-adds";
            double peak = roof.float32Peak(resources);
            if (execution.precision() == Precision.BFLOAT16) {
                double wide = roof.bfloat16Peak(resources);
                words = wide > 0 ? "bfloat16 products" : words + " (no bfloat16 products on this processor)";
                peak = Math.max(peak, wide);
            }
            return new Roof(words, peak, roof.copies(resources), callNanos());
        }
    }

    private double float32Peak(CpuResources resources) {
        FloatPointer means = floats(resources, threads);
        long rounds = roundsFor(n -> Kernels.measureMultiplyAdd(n, 1, 1, means, 1));
        return rate(() -> Kernels.measureMultiplyAdd(rounds, 1, 1, means, threads));
    }

    private double bfloat16Peak(CpuResources resources) {
        FloatPointer means = floats(resources, threads);
        if (Kernels.measureBfloat16(1, 1, means, threads) == 0) {
            return 0;
        }
        long rounds = roundsFor(n -> Kernels.measureBfloat16(n, 1, means, 1));
        return rate(() -> Kernels.measureBfloat16(rounds, 1, means, threads));
    }

    private List<Roof.Copy> copies(CpuResources resources) {
        long most = LARGEST_COPY / 2 / Float.BYTES;
        FloatPointer from = floats(resources, most);
        FloatPointer to = floats(resources, most);
        List<Roof.Copy> copies = new ArrayList<>();
        for (long bytes = SMALLEST_COPY; bytes <= LARGEST_COPY; bytes *= GROWTH) {
            long count = bytes / 2 / Float.BYTES;
            long moved = bytes;
            long rounds = roundsFor(n -> Kernels.measureCopy(from, to, count, n, 1));
            copies.add(new Roof.Copy(moved, rate(() -> {
                Kernels.measureCopy(from, to, count, rounds, threads);
                return rounds * moved;
            })));
        }
        return copies;
    }

    private static FloatPointer floats(CpuResources resources, long count) {
        return new FloatPointer(resources.allocate("the measurement of the machine", count * Float.BYTES));
    }

    /** Something that can be done any number of times in one call. */
    private interface Work {
        void run(long rounds);
    }

    /**
     * How often one thread has to do {@code work} for a try to last: several that wait for each other on a busy machine would
     * seem to work for long.
     */
    private static long roundsFor(Work work) {
        long rounds = 1;
        while (shortestNanos(work, rounds) < TRY_NANOS) {
            rounds *= 2;
        }
        return rounds;
    }

    private static long shortestNanos(Work work, long rounds) {
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < SIZING_TRIES; i++) {
            long begin = System.nanoTime();
            work.run(rounds);
            shortest = Math.min(shortest, System.nanoTime() - begin);
        }
        return shortest;
    }

    /** The highest of several rates, {@code work}'s result a second. */
    private static double rate(LongSupplier work) {
        double best = 0;
        for (int i = 0; i < TRIES; i++) {
            long begin = System.nanoTime();
            long done = work.getAsLong();
            best = Math.max(best, 1e9 * done / (System.nanoTime() - begin));
        }
        return best;
    }

    private static double callNanos() {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            long begin = System.nanoTime();
            for (int call = 0; call < CALLS; call++) {
                Kernels.abiVersion();
            }
            best = Math.min(best, (double) (System.nanoTime() - begin) / CALLS);
        }
        return best;
    }
}
