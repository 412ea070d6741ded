package dev.convoke.sweep;

import dev.convoke.train.Cancellation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/** Trains trials concurrently, each with its own thread and session. A failed trial does not stop the others. */
final class SweepExecutor {
    private final int jobs;
    private final RunStore store;
    private final TrialRunner runner;
    private final SweepListener listener;
    private final Cancellation cancellation;
    private final Map<Trial, SweepResults.SeedResults> results = new HashMap<>();
    private boolean interrupted;

    SweepExecutor(int jobs, RunStore store, TrialRunner runner, SweepListener listener, Cancellation cancellation) {
        this.jobs = jobs;
        this.store = store;
        this.runner = runner;
        this.listener = listener;
        this.cancellation = cancellation;
    }

    /** The results of all trials: found in the store, trained, or missing with a reason. */
    Map<Trial, SweepResults.SeedResults> run(List<Trial> trials, ToDoubleFunction<Suite.Run> cost) {
        List<Trial> open = new ArrayList<>();
        for (Trial trial : trials) {
            Optional<SweepResults.SeedResults> stored = store.result(trial);
            stored.ifPresent(result -> end(trial, result));
            if (stored.isEmpty()) {
                open.add(trial);
            }
        }
        train(new TrialQueue(open, cost));
        for (Trial trial : open) {
            if (!results.containsKey(trial)) {
                end(trial, without(trial, SweepResults.Status.MISSING, "not reached before the stop"));
            }
        }
        return results;
    }

    /** A finished trial, and what it was. */
    private record Finished(Trial trial, SweepResults.SeedResults result) {}

    private void train(TrialQueue queue) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(
                jobs, task -> new Thread(task, "trial-worker-" + number.incrementAndGet()));
        try {
            ExecutorCompletionService<Finished> service = new ExecutorCompletionService<>(pool);
            List<Trial> underWay = new ArrayList<>();
            long begun = System.nanoTime();
            fill(queue, underWay, service);
            while (!underWay.isEmpty()) {
                Finished finished = await(service);
                underWay.remove(finished.trial());
                long now = System.nanoTime();
                store.spend((now - begun) / 1e9);
                begun = now;
                end(finished.trial(), finished.result());
                fill(queue, underWay, service);
            }
        } catch (RuntimeException | Error e) {
            // The store is about to be closed: no thread may continue writing to it.
            cancellation.cancel();
            throw e;
        } finally {
            end(pool);
        }
    }

    private void end(ExecutorService pool) {
        pool.shutdown();
        boolean ended = false;
        while (!ended) {
            try {
                ended = pool.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
                cancellation.cancel();
            }
        }
    }

    private void fill(TrialQueue queue, List<Trial> underWay, ExecutorCompletionService<Finished> service) {
        while (underWay.size() < jobs && !cancellation.isCancelled()) {
            Optional<Trial> next = queue.next(underWay);
            if (next.isEmpty()) {
                return;
            }
            Trial trial = next.get();
            Optional<String> obstacle = obstacle(trial);
            if (obstacle.isPresent()) {
                end(trial, without(trial, SweepResults.Status.MISSING, obstacle.get()));
            } else {
                underWay.add(trial);
                service.submit(() -> new Finished(trial, attempt(trial)));
            }
        }
    }

    /** Why a trial cannot begin: the one that it continues did not end well. */
    private Optional<String> obstacle(Trial trial) {
        return trial.run()
                .startFrom()
                .flatMap(parent -> results.entrySet().stream()
                        .filter(entry -> entry.getKey().seed() == trial.seed()
                                && entry.getKey().run().name().equals(parent)
                                && entry.getValue().status() != SweepResults.Status.DONE)
                        .map(entry -> "starts from " + entry.getKey() + ", which is "
                                + entry.getValue().status().name().toLowerCase(Locale.ROOT))
                        .findFirst());
    }

    /** A failure is this trial's alone: whatever it is, it becomes the trial's message. */
    private SweepResults.SeedResults attempt(Trial trial) {
        try {
            return runner.run(trial);
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            return without(trial, SweepResults.Status.FAILED, runner.withoutFolder(message(e)));
        }
    }

    private static String message(Throwable e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return e instanceof RuntimeException && !message.isEmpty() && e.getMessage() != null
                ? message
                : e.getClass().getSimpleName() + ": " + message;
    }

    private static SweepResults.SeedResults without(Trial trial, SweepResults.Status status, String message) {
        return new SweepResults.SeedResults(trial.seed(), status, message, 0, List.of(), 0, false, 0, Optional.empty());
    }

    private void end(Trial trial, SweepResults.SeedResults result) {
        results.put(trial, result);
        listener.trialEnded(trial, result);
    }

    /** Waits for a trial; an interrupt asks for the stop, and the trials under way are still waited for. */
    private Finished await(ExecutorCompletionService<Finished> service) {
        while (true) {
            try {
                return service.take().get();
            } catch (InterruptedException e) {
                interrupted = true;
                cancellation.cancel();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a trial's thread ended by itself", e.getCause());
            }
        }
    }

    /** Whether the calling thread was interrupted meanwhile. Its flag stays clear until all files are written. */
    boolean wasInterrupted() {
        return interrupted;
    }
}
