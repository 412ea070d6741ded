package dev.convoke.backend.cpu;

import dev.convoke.kernels.Kernels;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one session: the caller and {@code threads - 1} helpers, which share the tasks of successive rounds. Each
 * thread begins with its own range of tasks, whose data are still in its cache, and then takes remaining tasks of others,
 * so that no thread waits for one that was descheduled. Which thread runs a task is not deterministic; the results must not
 * depend on it.
 *
 * <p>A round lasts microseconds. A waiting thread spins for about the cost of a wake-up and then parks: two busy processes
 * on the same cores then disturb each other little, and a process that has the machine to itself never sleeps between
 * rounds.
 */
final class CpuTeam implements AutoCloseable {
    /** The tasks of a round; {@code worker} is unique among concurrent tasks. */
    interface Work {
        void run(int task, int worker);
    }

    /** The most tasks of one piece of work. */
    static final int MOST_TASKS = 0xFFFF;

    // About 20 to 100 microseconds, as long as one pause of the processor takes.
    private static final int SPINS = 2000;

    // Round number and number of tasks: one word, so that two rounds cannot be mixed.
    private static final int ROUND_SHIFT = 16;

    private final Helper[] helpers;
    private final AtomicLong given = new AtomicLong();
    private AtomicLongArray taken = new AtomicLongArray(0); // by task: the last round in which it was taken
    private final AtomicInteger done = new AtomicInteger();
    private volatile @Nullable Thread waiting; // the caller, while it is parked
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;
    private Work work = (task, worker) -> {};

    CpuTeam(int threads) {
        helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Helper(i + 1);
            helpers[i].start();
        }
    }

    int threads() {
        return helpers.length + 1;
    }

    /** Runs tasks {@code 0 .. tasks - 1} and returns when all are done. What one of them throws, it throws. */
    void run(int tasks, Work newWork) {
        if (helpers.length == 0 || tasks == 1) {
            for (int task = 0; task < tasks; task++) {
                newWork.run(task, 0);
            }
            return;
        }
        long round = (given.get() >>> ROUND_SHIFT) + 1;
        work = newWork;
        makePlace(tasks, round - 1);
        done.set(0);
        long now = round << ROUND_SHIFT | tasks;
        given.set(now);
        for (Helper helper : helpers) {
            helper.wake();
        }
        takeTasks(now, 0);
        awaitAll(tasks);
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            throw new IllegalStateException("a thread of the session failed: " + thrown.getMessage(), thrown);
        }
    }

    // A helper still in the previous round finds no free task in the new array.
    private void makePlace(int tasks, long lastRound) {
        if (taken.length() < tasks) {
            long[] rounds = new long[tasks];
            Arrays.fill(rounds, lastRound);
            taken = new AtomicLongArray(rounds);
        }
    }

    // A task that was taken keeps its round from ending, so that `work` is that round's until it is done.
    private void takeTasks(long now, int worker) {
        long round = now >>> ROUND_SHIFT;
        int tasks = (int) (now & MOST_TASKS);
        AtomicLongArray all = taken;
        int task = (int) ((long) worker * tasks / threads());
        for (int i = 0; i < tasks; i++) {
            if (take(all, task, round)) {
                run(task, tasks, worker);
            }
            task = task + 1 == tasks ? 0 : task + 1;
        }
    }

    // A late helper finds its own or a later round in every task and takes none.
    private static boolean take(AtomicLongArray all, int task, long round) {
        long last = all.get(task);
        return last < round && all.compareAndSet(task, last, round);
    }

    private void run(int task, int tasks, int worker) {
        try {
            work.run(task, worker);
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            if (done.incrementAndGet() == tasks) {
                LockSupport.unpark(waiting);
            }
        }
    }

    private void awaitAll(int tasks) {
        for (int i = 0; i < SPINS; i++) {
            if (done.get() == tasks) {
                return;
            }
            Thread.onSpinWait();
        }
        waiting = Thread.currentThread();
        while (done.get() != tasks) {
            LockSupport.park(this);
        }
        waiting = null;
    }

    /** Ends the helpers; no work may be running. */
    @Override
    public void close() {
        closed = true;
        for (Helper helper : helpers) {
            LockSupport.unpark(helper);
        }
    }

    private final class Helper extends Thread {
        private final int worker;
        private volatile boolean parked;

        Helper(int worker) {
            super("convoke-cpu-" + worker);
            this.worker = worker;
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            // oneDNN takes the number of its threads from the calling one: each part runs on one.
            Kernels.setOpenmpThreads(1);
            long last = 0;
            while (!closed) {
                long now = given.get();
                if (now == last) {
                    awaitRound(last);
                } else {
                    takeTasks(now, worker);
                    last = now;
                }
            }
        }

        private void awaitRound(long last) {
            for (int i = 0; i < SPINS; i++) {
                if (given.get() != last || closed) {
                    return;
                }
                Thread.onSpinWait();
            }
            parked = true;
            while (given.get() == last && !closed) {
                LockSupport.park(CpuTeam.this);
            }
            parked = false;
        }
    }
}
