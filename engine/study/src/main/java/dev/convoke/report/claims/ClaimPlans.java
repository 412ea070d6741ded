package dev.convoke.report.claims;

import dev.convoke.report.claims.Part.Difference;
import dev.convoke.report.claims.Part.Direction;
import dev.convoke.report.measure.Metric;
import dev.convoke.report.published.Claim;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One plan a claim, for the runs of one sweep. */
final class ClaimPlans {
    /** 'Does not differ much': within 0.2 points of accuracy. */
    static final double MARGIN = 0.002;

    private static final String BASE = "base-adam";
    private static final List<String> TABLE_2 = List.of(
            BASE, "dropout-0.3", "dropout-0.1", "l1", "l2", "batch-norm", "patience-7", "patience-5", "patience-3");

    private final SweepResults results;

    ClaimPlans(SweepResults results) {
        this.results = results;
    }

    /** All eight, in order. */
    List<Plan> all() {
        return Stream.of(Claim.values()).map(this::plan).toList();
    }

    private Plan plan(Claim claim) {
        return missing(claim)
                .map(run -> Plan.impossible(claim, "This sweep has no run named " + run + "."))
                .orElseGet(() -> switch (claim) {
                    case C1 -> optimizers();
                    case C2 -> dropout();
                    case C3 -> penalties();
                    case C4 -> batchNormalization();
                    case C5 -> earlyStopping();
                    case C6 -> blocks();
                    case C7 -> learningRates();
                    case C8 -> bestModel();
                });
    }

    private Optional<String> missing(Claim claim) {
        List<String> needed = switch (claim) {
            case C1 -> List.of(BASE, "rmsprop", "sgd");
            case C2 -> List.of(BASE, "dropout-0.3", "dropout-0.1");
            case C3 -> List.of(BASE, "l1", "l2");
            case C4, C8 -> List.of(BASE, "batch-norm");
            case C5 -> TABLE_2;
            case C6 -> List.of(BASE, "four-blocks");
            case C7 -> List.of(BASE, "lr-0.01", "lr-0.0001");
        };
        return needed.stream().filter(run -> results.run(run).isEmpty()).findFirst();
    }

    private Plan optimizers() {
        return Plan.of(
                Claim.C1,
                "",
                higher(BASE, "rmsprop", Metric.VAL_ACCURACY),
                higher("rmsprop", "sgd", Metric.VAL_ACCURACY));
    }

    private Plan dropout() {
        return Plan.of(
                Claim.C2,
                "",
                higher("dropout-0.3", BASE, Metric.VAL_ACCURACY),
                new Part.Sameness(run("dropout-0.1"), run("dropout-0.3"), Metric.VAL_ACCURACY, MARGIN));
    }

    private Plan penalties() {
        return Plan.of(
                Claim.C3,
                confound("l1", "l2"),
                lower("l1", BASE, Metric.TRAIN_ACCURACY),
                lower("l1", BASE, Metric.VAL_ACCURACY),
                lower("l2", BASE, Metric.TRAIN_ACCURACY),
                lower("l2", BASE, Metric.VAL_ACCURACY));
    }

    private Plan batchNormalization() {
        RunResults run = run("batch-norm");
        OverfittingEpochs.Count marked = OverfittingEpochs.CLAIMED.marked(run);
        OverfittingEpochs.Count others = OverfittingEpochs.CLAIMED.others(run);
        String counts = "Validation loss rose while training loss fell in " + marked.overfitted() + " of "
                + marked.looked() + " epochs numbered 2, 5 or 9, and in " + others.overfitted() + " of "
                + others.looked() + " others.";
        String confound = confound("batch-norm");
        return Plan.of(
                Claim.C4,
                confound.isEmpty() ? counts : counts + " " + confound,
                higher("batch-norm", BASE, Metric.VAL_ACCURACY),
                new Part.Overfitting(run, OverfittingEpochs.CLAIMED));
    }

    private Plan earlyStopping() {
        if (!Settings.hasEarlyStopping(run("patience-5")) || !Settings.hasEarlyStopping(run("patience-3"))) {
            return Plan.impossible(
                    Claim.C5,
                    "Early stopping was never active here, as in the original: these runs are the base model without"
                            + " dropout. The suite report-as-described trains with it.");
        }
        List<RunResults> rivals = TABLE_2.stream()
                .filter(name -> !name.equals("patience-5") && !name.equals("patience-3"))
                .map(this::run)
                .toList();
        List<Part> parts = new ArrayList<>();
        for (String name : List.of("patience-5", "patience-3")) {
            parts.add(new Part.BestOf(run(name), Direction.LOWER, rivals, Metric.VAL_LOSS));
            parts.add(new Part.BestOf(run(name), Direction.HIGHER, rivals, Metric.VAL_ACCURACY));
        }
        return new Plan(Claim.C5, Optional.empty(), parts, "");
    }

    private Plan blocks() {
        return Plan.of(
                Claim.C6,
                "",
                lower("four-blocks", BASE, Metric.TRAIN_LOSS),
                lower("four-blocks", BASE, Metric.VAL_LOSS),
                higher("four-blocks", BASE, Metric.VAL_ACCURACY));
    }

    private Plan learningRates() {
        return Plan.of(
                Claim.C7,
                "",
                higher(BASE, "lr-0.01", Metric.VAL_ACCURACY),
                higher(BASE, "lr-0.0001", Metric.VAL_ACCURACY));
    }

    private Plan bestModel() {
        return results.runs().stream()
                .filter(run -> Settings.hasBatchNormalization(run)
                        && Settings.hasDropout(run)
                        && Settings.hasEarlyStopping(run))
                .findFirst()
                .map(run -> Plan.of(Claim.C8, "", bestOfAll(run)))
                .orElseGet(() -> Plan.impossible(
                        Claim.C8,
                        "No run here joins batch normalization, dropout and patience, nor did one in the original; the"
                                + " nearest, batch-norm, is set against all others below.",
                        bestOfAll(run("batch-norm"))));
    }

    private Part bestOfAll(RunResults run) {
        List<RunResults> rivals = results.runs().stream()
                .filter(rival -> !rival.name().equals(run.name()))
                .toList();
        return new Part.BestOf(run, Direction.HIGHER, rivals, Metric.VAL_ACCURACY);
    }

    /** What else differs between the base run and these; empty where nothing does. */
    private String confound(String... names) {
        boolean lacksDropout = Stream.of(names).anyMatch(name -> !Settings.hasDropout(run(name)));
        return Settings.hasDropout(run(BASE)) && lacksDropout
                ? "As in the original, " + String.join(" and ", names) + " also "
                        + (names.length == 1 ? "lacks" : "lack")
                        + " the dropout of the base run, so two things change at once."
                : "";
    }

    private Part higher(String first, String second, Metric metric) {
        return new Difference(run(first), Direction.HIGHER, run(second), metric);
    }

    private Part lower(String first, String second, Metric metric) {
        return new Difference(run(first), Direction.LOWER, run(second), metric);
    }

    private RunResults run(String name) {
        return results.run(name).orElseThrow();
    }
}
