package dev.convoke.cli;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Schedule;
import dev.convoke.parity.Parity;
import dev.convoke.parity.ParityCase;
import dev.convoke.parity.ParityCases;
import dev.convoke.parity.ParityRow;
import dev.convoke.parity.ParityTolerances;
import dev.convoke.parity.TrainingParity;
import dev.convoke.parity.TrainingSetup;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.sweep.ModelBuilder;
import dev.convoke.sweep.ModelSummary;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.train.TrainConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A device compared with {@code reference}: every layer and loss, the networks of the report, and the first steps of its
 * base run.
 *
 * @param device the device that was tested
 * @param execution how it ran
 * @param rows the comparisons
 * @param trainings the steps, with momentum and with Adam
 * @param seconds wall time
 */
record Verification(
        String device, Execution execution, List<ParityRow> rows, List<TrainingParity> trainings, double seconds) {
    /** Batch normalization divides by how little a channel varies: too few values, and it varies by rounding alone. */
    private static final int NETWORK_BATCH = 8;

    private static final int TRAINING_BATCH = 8;
    private static final long SEED = 1;
    private static final double MOMENTUM_RATE = 0.01;

    /**
     * Runs all comparisons.
     *
     * @param steps of training
     * @param progress told what comes next
     */
    static Verification run(Backend device, Execution execution, int steps, Consumer<String> progress) {
        long begun = System.nanoTime();
        Parity parity = new Parity(device, execution, new ReferenceBackend());
        List<ParityCase> cases = new ArrayList<>(ParityCases.ops());
        networks().forEach(network -> cases.add(new ParityCase("network " + network.name(), network, NETWORK_BATCH)));
        List<ParityRow> rows = new ArrayList<>();
        for (ParityCase one : cases) {
            progress.accept(one.name());
            rows.addAll(parity.step(one));
        }
        List<TrainingParity> trainings = new ArrayList<>();
        for (TrainingSetup setup : setups(steps)) {
            progress.accept(steps + " training steps compared with reference");
            TrainingParity training = parity.train(setup, steps);
            rows.addAll(training.rows());
            trainings.add(training);
        }
        return new Verification(device.name(), execution, rows, trainings, (System.nanoTime() - begun) / 1e9);
    }

    /** Momentum on the unmodified images; the base run's Adam on augmented images. */
    private static List<TrainingSetup> setups(int steps) {
        Suite.Run first = suite().runs().get(0);
        ModelSpec model = model(first);
        TrainConfig settings = first.settings().training();
        ImageSet images = Parity.pictures(model.input(), model.outputs(), steps * TRAINING_BATCH);
        return List.of(
                new TrainingSetup(
                        model,
                        new Optimizer.Sgd(0.9, false),
                        new Schedule.Constant(MOMENTUM_RATE),
                        Augmentation.NONE,
                        TRAINING_BATCH,
                        images,
                        SEED),
                new TrainingSetup(
                        model,
                        settings.optimizer(),
                        settings.schedule(),
                        settings.augmentation(),
                        TRAINING_BATCH,
                        images,
                        SEED));
    }

    /** The networks of the first built-in suite: of those with as many parameters, one. */
    private static List<ModelSpec> networks() {
        Map<Integer, ModelSpec> byParameters = new LinkedHashMap<>();
        suite().runs().stream()
                .map(Verification::model)
                .forEach(
                        model -> byParameters.putIfAbsent(ModelSummary.of(model).parameters(), model));
        return List.copyOf(byParameters.values());
    }

    private static ModelSpec model(Suite.Run run) {
        return ModelBuilder.build(run.name(), run.settings(), ModelSummary.DEFAULT_INPUT, ModelSummary.DEFAULT_CLASSES);
    }

    private static Suite suite() {
        return Suites.load(Suites.BUILT_IN.get(0));
    }

    boolean passed() {
        return rows.stream().allMatch(ParityRow::passed);
    }

    /** The table as readable text. */
    void print(Console console) {
        Table table =
                new Table(Table.Align.LEFT, Table.Align.LEFT, Table.Align.RIGHT, Table.Align.RIGHT, Table.Align.LEFT);
        table.row("compared with reference", "", "distance", "tolerance", "");
        for (ParityRow row : rows) {
            table.row(
                    row.name(),
                    quantity(row).replace('_', ' '),
                    number(row.distance()),
                    number(row.tolerance()),
                    row.passed() ? console.styled(Style.GOOD, "ok") : console.styled(Style.BAD, "FAILED"));
        }
        console.print("");
        table.lines().forEach(console::print);
        console.print("");
        long failed = rows.stream().filter(row -> !row.passed()).count();
        console.print(String.format(
                Locale.ROOT,
                "%s, %s: %d of %d comparisons within tolerance, in %.1f s",
                device,
                precision(),
                rows.size() - failed,
                rows.size(),
                seconds));
        console.print("A distance is the root mean square of the difference over that of the reference's values.");
        console.print(
                "Tolerances: " + ParityTolerances.of(execution.precision()).reason() + ".");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }

    private static String quantity(ParityRow row) {
        return row.quantity().name().toLowerCase(Locale.ROOT);
    }

    private String precision() {
        return switch (execution.precision()) {
            case FLOAT32 -> "fp32";
            case FLOAT64 -> "fp64";
            case TF32 -> "tf32";
            case BFLOAT16 -> "bf16";
        };
    }

    /** For {@code doctor.schema.json}; a distance that is not finite is null. */
    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("device", device);
        entry.put("precision", precision());
        entry.put("passed", passed());
        entry.put("seconds", seconds);
        List<Map<String, @Nullable Object>> comparisons = new ArrayList<>();
        for (ParityRow row : rows) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("name", row.name());
            one.put("quantity", quantity(row));
            one.put("distance", Double.isFinite(row.distance()) ? row.distance() : null);
            one.put("tolerance", row.tolerance());
            one.put("passed", row.passed());
            comparisons.add(one);
        }
        entry.put("comparisons", comparisons);
        List<Map<String, @Nullable Object>> curves = new ArrayList<>();
        for (TrainingParity training : trainings) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("name", training.name());
            one.put("device_losses", training.deviceLosses());
            one.put("reference_losses", training.oracleLosses());
            curves.add(one);
        }
        entry.put("curves", curves);
        return entry;
    }
}
