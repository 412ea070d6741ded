package dev.convoke.backend.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one session: the caller and {@code threads - 1} helpers, who share out the tasks of one piece of work after
 * the other. Which of them runs a task is chance, so that nobody waits for a thread that the machine has taken away; what
 * the tasks compute must not depend on it.
 *
 * <p>A piece of work lasts microseconds. Who waits for the next one spins for about as long as waking up would cost and then
 * parks: two busy processes on the same cores then lose little to each other, and one that has the machine to itself
 * never sleeps between two pieces of work.
 */
final class CpuTeam implements AutoCloseable {
    /** Tasks of a piece of work, the caller's among them; {@code worker} tells apart who run at the same time. */
    interface Work {
        void run(int task, int worker);
    }

    /** The most tasks of one piece of work. */
    static final int MOST_TASKS = 0xFFFF;

    // About 20 to 100 microseconds, as long as one pause of the processor takes.
    private static final int SPINS = 2000;

    // Round of work, tasks in it, tasks given out: one word, so that nobody takes a task of a round that has ended.
    private static final int ROUND_SHIFT = 32;
    private static final int TASKS_SHIFT = 16;

    private final Helper[] helpers;
    private final AtomicLong given = new AtomicLong();
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
        work = newWork;
        done.set(0);
        long round = (given.get() >>> ROUND_SHIFT) + 1;
        given.set(round << ROUND_SHIFT | (long) tasks << TASKS_SHIFT);
        for (Helper helper : helpers) {
            helper.wake();
        }
        takeTasks(0);
        awaitAll(tasks);
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            throw new IllegalStateException("a thread of the session failed: " + thrown.getMessage(), thrown);
        }
    }

    private void takeTasks(int worker) {
        for (int task = take(); task >= 0; task = take()) {
            try {
                work.run(task, worker);
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                finish();
            }
        }
    }

    // A task that was given out keeps its round from ending, so that `work` is that round's until it is done.
    private int take() {
        while (true) {
            long now = given.get();
            int next = (int) (now & MOST_TASKS);
            if (next >= tasks(now)) {
                return -1;
            }
            if (given.compareAndSet(now, now + 1)) {
                return next;
            }
        }
    }

    private static int tasks(long state) {
        return (int) (state >>> TASKS_SHIFT & MOST_TASKS);
    }

    private void finish() {
        int all = tasks(given.get());
        if (done.incrementAndGet() == all) {
            Thread caller = waiting;
            if (caller != null) {
                LockSupport.unpark(caller);
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

    private boolean hasTasks() {
        long now = given.get();
        return (now & MOST_TASKS) < tasks(now);
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
            while (!closed) {
                takeTasks(worker);
                awaitTasks();
            }
        }

        private void awaitTasks() {
            for (int i = 0; i < SPINS; i++) {
                if (hasTasks() || closed) {
                    return;
                }
                Thread.onSpinWait();
            }
            parked = true;
            while (!hasTasks() && !closed) {
                LockSupport.park(CpuTeam.this);
            }
            parked = false;
        }
    }
}
