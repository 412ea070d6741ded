package dev.convoke.bench.peers;

import dev.convoke.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Whether the machine gives every thread a core of its own at this moment. A virtual one may put two of its processors on one
 * core for seconds at a time, where neither sees the other: both then compute at half their speed.
 */
final class Cores {
    /** Share of a lone thread's speed that each of several keeps; two on one core keep about half. */
    private static final double LEAST_SHARE = 0.75;

    private static final int TRIES = 3;
    private static final double WANTED_NANOS = 2e6;

    private final int threads;
    private long rounds;

    /** @param threads that work at the same time; one is never checked */
    Cores(int threads) {
        this.threads = threads;
    }

    /** Measures, for some milliseconds. */
    boolean areGiven() {
        if (threads == 1) {
            return true;
        }
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            if (rounds == 0) {
                rounds = Math.max(1, (long) (1000 * WANTED_NANOS / fastest(pool, 1, 1000)));
            }
            double alone = fastest(pool, 1, rounds);
            return alone / fastest(pool, threads, rounds) >= LEAST_SHARE;
        } finally {
            pool.shutdown();
        }
    }

    /** Nanoseconds of the slowest of {@code together} threads that multiply and add side by side; the best of some tries. */
    private static double fastest(ExecutorService pool, int together, long rounds) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            best = Math.min(best, slowest(pool, together, rounds));
        }
        return best;
    }

    private static double slowest(ExecutorService pool, int together, long rounds) {
        CyclicBarrier start = new CyclicBarrier(together);
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < together; i++) {
            tasks.add(() -> {
                try (FloatPointer means = new FloatPointer(1)) {
                    start.await();
                    long begin = System.nanoTime();
                    Kernels.measureMultiplyAdd(rounds, 1, 1, means, 1);
                    return System.nanoTime() - begin;
                }
            });
        }
        try {
            double slowest = 0;
            for (Future<Long> each : pool.invokeAll(tasks)) {
                slowest = Math.max(slowest, each.get());
            }
            return slowest;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the machine was measured", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the machine could not be measured: " + e.getCause(), e.getCause());
        }
    }
}
