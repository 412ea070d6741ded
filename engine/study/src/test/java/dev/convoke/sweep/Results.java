package dev.convoke.sweep;

import dev.convoke.train.Classification;
import dev.convoke.train.EpochMetrics;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Results made up for tests. */
final class Results {
    private Results() {}

    static SweepResults.SeedResults seed(long seed, SweepResults.Status status, double accuracy) {
        EpochMetrics epoch = new EpochMetrics(1, 1.5, 0.001, 0.1 + 0.2, 0.3, 1 / 3.0, 0.5, 0.25, accuracy);
        Optional<SweepResults.TestResults> test = status == SweepResults.Status.DONE
                ? Optional.of(new SweepResults.TestResults(
                        0.5,
                        0.25,
                        accuracy,
                        new Classification(List.of(List.of(3, 1), List.of(0, 4))),
                        List.of(new SweepResults.Mistake(2, 0, 1, 0.75f, 1, 2, 1, "AP8="))))
                : Optional.empty();
        return new SweepResults.SeedResults(seed, status, "", 1.5, List.of(epoch), 1, false, 1, test);
    }

    static SweepResults.RunResults run(String name, SweepResults.SeedResults... seeds) {
        return new SweepResults.RunResults(
                name,
                "Run " + name,
                List.of("a note"),
                20,
                Map.of("dropout", 0.5, "epochs", 15, "blocks", List.of(Map.of("filters", 3))),
                List.of(new SweepResults.LayerFacts("logits", "dense", "2", 20, 36)),
                Optional.of("other"),
                List.of(seeds));
    }

    static SweepResults of(SweepResults.RunResults... runs) {
        return new SweepResults(
                "0.1.0",
                "convoke sweep",
                "2026-11-22T10:00:00Z",
                12.5,
                new SweepResults.Machine("Linux amd64", "processor", 2, "Java 17", "reference", "loops", 2, 1),
                new SweepResults.DatasetFacts("tiny", "ab".repeat(32), 46, 24, 24, "test", List.of("a", "b")),
                new SweepResults.SuiteFacts("mine", "Mine", "What it is.", "cd".repeat(32)),
                List.of(runs),
                List.of());
    }

    static SweepResults sample() {
        SweepResults.Comparison comparison = new SweepResults.Comparison(
                "a > b",
                "val_accuracy",
                1,
                0.01,
                "t",
                Double.NaN,
                Double.NaN,
                Double.NaN,
                SweepResults.Verdict.UNDECIDED);
        SweepResults.ClaimVerdict claim = new SweepResults.ClaimVerdict(
                "C1",
                "Adam wins",
                SweepResults.Verdict.NOT_COMPARABLE,
                "other data",
                List.of(comparison),
                Optional.empty());
        return of(
                        run(
                                "a",
                                seed(1, SweepResults.Status.DONE, 0.9),
                                seed(2, SweepResults.Status.DIVERGED, Double.NaN)),
                        run("b"))
                .withClaims(List.of(claim));
    }
}
