package dev.convoke.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every task runs once, all of them before the call returns, and a failure is the caller's to see. */
class CpuTeamTest {
    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void everyTaskOfEveryRoundRunsOnce(int threads) {
        try (CpuTeam team = new CpuTeam(threads)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(7);
            for (int round = 1; round <= ROUNDS; round++) {
                int tasks = 1 + round % 7;
                int before = runs.get(tasks - 1);
                team.run(tasks, (task, worker) -> {
                    assertTrue(worker >= 0 && worker < threads, "worker " + worker);
                    runs.incrementAndGet(task);
                });
                assertEquals(before + 1, runs.get(tasks - 1), "round " + round);
            }
            for (int task = 0; task < 7; task++) {
                int wanted = 0;
                for (int round = 1; round <= ROUNDS; round++) {
                    wanted += task < 1 + round % 7 ? 1 : 0;
                }
                assertEquals(wanted, runs.get(task), "task " + task);
            }
        }
    }

    @Test
    void tasksRunAtTheSameTime() {
        CyclicBarrier together = new CyclicBarrier(3);
        try (CpuTeam team = new CpuTeam(3)) {
            team.run(3, (task, worker) -> {
                try {
                    together.await(30, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        assertEquals(0, together.getNumberWaiting());
    }

    @Test
    void aFailureReachesTheCallerAndTheTeamGoesOn() {
        IllegalArgumentException planted = new IllegalArgumentException("planted");
        try (CpuTeam team = new CpuTeam(2)) {
            IllegalStateException seen = assertThrows(
                    IllegalStateException.class,
                    () -> team.run(8, (task, worker) -> {
                        if (task == 5) {
                            throw planted;
                        }
                    }));
            assertSame(planted, seen.getCause());
            AtomicIntegerArray runs = new AtomicIntegerArray(1);
            team.run(8, (task, worker) -> runs.incrementAndGet(0));
            assertEquals(8, runs.get(0));
        }
    }
}
