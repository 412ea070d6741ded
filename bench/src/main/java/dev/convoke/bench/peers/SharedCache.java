package dev.convoke.bench.peers;

import dev.convoke.kernels.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Detects whether the threads currently run on cores that share a cache. The virtual processors of a virtual machine move
 * between the host's cores every few seconds: data pass from one thread to the other either through a shared cache or
 * across the whole processor, in which case two threads are hardly faster than one. No hardware counter shows this.
 *
 * <p>Each thread copies memory that it wrote itself, then memory that another thread wrote. Measured on a Zen 4 in a
 * virtual machine, the second takes 1.4 to 1.6 times as long where the cores share a cache, and 2.6 to 3.2 times where they
 * do not.
 */
final class SharedCache implements BooleanSupplier {
    private static final double LARGEST_RATIO = 2.1;

    private static final int FLOATS = 1 << 15;
    private static final int TIMES = 60;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int PAUSE_MILLIS = 100;

    private final int threads;
    private final boolean asked;

    /** @param threads that work at the same time; one has nothing to share */
    SharedCache(int threads) {
        this.threads = threads;
        asked = threads > 1 && isSharedSoon();
    }

    /** False only on a machine whose threads were seen to share a cache before: where they never do, there is no better moment. */
    @Override
    public boolean getAsBoolean() {
        return !asked || isShared();
    }

    private boolean isSharedSoon() {
        long begin = System.nanoTime();
        while (!isShared()) {
            if (System.nanoTime() - begin > PATIENCE_NANOS) {
                return false;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private boolean isShared() {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (Buffers buffers = new Buffers(threads)) {
            return copies(pool, buffers, 1) / copies(pool, buffers, 0) <= LARGEST_RATIO;
        } finally {
            pool.shutdown();
        }
    }

    /** Median nanoseconds of a copy by the slowest thread; from one time to the next its memory moves on by {@code shift} threads. */
    private double copies(ExecutorService pool, Buffers buffers, int shift) {
        AtomicInteger arrived = new AtomicInteger();
        List<Future<Double>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            all.add(pool.submit(() -> median(buffers, arrived, thread, shift)));
        }
        try {
            double slowest = 0;
            for (Future<Double> each : all) {
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

    private double median(Buffers buffers, AtomicInteger arrived, int thread, int shift) {
        long[] nanos = new long[TIMES];
        for (int i = 0; i < TIMES; i++) {
            int mine = (thread + shift * i) % threads;
            arrived.incrementAndGet();
            while (arrived.get() < threads * (i + 1)) {
                Thread.onSpinWait();
            }
            long begin = System.nanoTime();
            buffers.copyBackAndForth(mine);
            nanos[i] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        return nanos[TIMES / 2];
    }

    /** Two pieces of memory for each thread. */
    private static final class Buffers implements AutoCloseable {
        private final FloatPointer[] here;
        private final FloatPointer[] there;

        Buffers(int threads) {
            here = new FloatPointer[threads];
            there = new FloatPointer[threads];
            for (int i = 0; i < threads; i++) {
                here[i] = new FloatPointer(FLOATS);
                there[i] = new FloatPointer(FLOATS);
            }
        }

        void copyBackAndForth(int thread) {
            Kernels.measureCopy(here[thread], there[thread], FLOATS, 1, 1);
            Kernels.measureCopy(there[thread], here[thread], FLOATS, 1, 1);
        }

        @Override
        public void close() {
            for (int i = 0; i < here.length; i++) {
                here[i].close();
                there[i].close();
            }
        }
    }
}
