package dev.convoke.sweep;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Probe;
import dev.convoke.datasets.Dataset;
import dev.convoke.model.ModelException;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.Cancellation;
import dev.convoke.train.Flops;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Runs a suite: every run with every seed, from nothing or from where a store stands. */
public final class Sweep {
    /** The file that a sweep leaves its results in. */
    public static final String RESULTS = "results.json";

    private final SweepRequest request;
    private final Suite suite;

    private Sweep(SweepRequest request, Suite suite) {
        this.request = request;
        this.suite = suite;
    }

    /**
     * Runs a sweep and writes {@code results.json} to the store's folder, without claims. If it is cancelled, the results
     * so far are returned and the store can be resumed.
     *
     * @param listener receives all events, one at a time
     * @param cancellation stops the sweep within a second or so
     * @throws ConfigurationException if suite, overrides, data and store do not match
     * @throws DeviceException if the backend cannot run here
     */
    public static SweepResults run(SweepRequest request, SweepListener listener, Cancellation cancellation) {
        return run(request, listener, cancellation, results -> results);
    }

    /**
     * The same.
     *
     * @param last post-processing of the results, and output to the same folder, while it is still locked
     */
    public static SweepResults run(
            SweepRequest request, SweepListener listener, Cancellation cancellation, UnaryOperator<SweepResults> last) {
        Probe probe = request.backend().probe();
        if (!probe.available()) {
            throw new DeviceException(request.backend().name() + ": " + probe.detail());
        }
        request.backend().check(request.execution());
        Suite suite = request.suite().with(request.overrides());
        Sweep sweep = new Sweep(request, suite);
        sweep.checkFits();
        SweepListener serial = new SerialListener(listener);
        try (RunStore store = RunStore.open(request, serial::warned)) {
            TrialRunner runner = new TrialRunner(request, suite, store, serial, cancellation);
            List<Trial> trials = sweep.trials(store.seeds());
            serial.sweepStarted(trials);
            SweepExecutor executor = new SweepExecutor(request.jobs(), store, runner, serial, cancellation);
            SweepResults results = sweep.results(store, executor.run(trials, sweep::work));
            ResultsJson.write(request.out().resolve(RESULTS), results);
            SweepResults made = last.apply(results);
            if (executor.wasInterrupted()) {
                Thread.currentThread().interrupt();
            }
            return made;
        }
    }

    /** Refuses before anything is trained what cannot be trained on this data. */
    private void checkFits() {
        Dataset dataset = request.dataset();
        int held = suite.validation().heldOut(dataset.train().count());
        if (held >= dataset.train().count()) {
            throw new ConfigurationException(suite.source() + ": validation.holdout: cannot hold " + held + " of "
                    + dataset.train().count() + " training images of " + dataset.name() + " out");
        }
        for (Suite.Run run : suite.runs()) {
            try {
                ModelSummary.compile(TrialRunner.model(run, dataset));
            } catch (ModelException e) {
                throw new ConfigurationException(
                        suite.source() + ": does not fit " + dataset.name() + ": " + e.getMessage(), e);
            }
        }
    }

    private List<Trial> trials(List<Long> wanted) {
        List<Trial> trials = new ArrayList<>();
        for (Suite.Run run : suite.runs()) {
            for (long seed : wanted) {
                trials.add(new Trial(run, seed));
            }
        }
        return trials;
    }

    /** Expected work of a run, in floating-point operations. */
    private double work(Suite.Run run) {
        double image = (double) Flops.training(ModelSummary.compile(TrialRunner.model(run, request.dataset())));
        return image * trainImages() * run.settings().training().epochs();
    }

    private int trainImages() {
        int all = request.dataset().train().count();
        return all - suite.validation().heldOut(all);
    }

    private SweepResults results(RunStore store, Map<Trial, SweepResults.SeedResults> trials) {
        return new SweepResults(
                request.version(),
                request.command(),
                store.created(),
                store.seconds(),
                MachineFacts.of(request),
                datasetFacts(),
                SweepResults.SuiteFacts.of(suite),
                suite.runs().stream()
                        .map(run -> runResults(run, store.seeds(), trials))
                        .toList(),
                List.of());
    }

    private SweepResults.DatasetFacts datasetFacts() {
        Dataset dataset = request.dataset();
        int all = dataset.train().count();
        int held = suite.validation().heldOut(all);
        return new SweepResults.DatasetFacts(
                dataset.name(),
                dataset.digest(),
                all - held,
                suite.validation().images(dataset),
                dataset.test().count(),
                suite.validation().describe(all),
                dataset.classNames());
    }

    private SweepResults.RunResults runResults(
            Suite.Run run, List<Long> wanted, Map<Trial, SweepResults.SeedResults> trials) {
        ModelSummary summary = ModelSummary.of(TrialRunner.model(run, request.dataset()));
        List<SweepResults.SeedResults> seeds = new ArrayList<>();
        for (long seed : wanted) {
            SweepResults.SeedResults result = trials.get(new Trial(run, seed));
            if (result != null) {
                seeds.add(result);
            }
        }
        return new SweepResults.RunResults(
                run.name(),
                run.title(),
                run.notes(),
                summary.parameters(),
                run.given(),
                summary.layers(),
                run.startFrom(),
                seeds);
    }
}
