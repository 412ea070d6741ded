package dev.convoke.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.Suite;
import dev.convoke.sweep.Suites;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import dev.convoke.sweep.SweepResults.Comparison;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SeedResults;
import dev.convoke.sweep.SweepResults.Shape;
import dev.convoke.sweep.SweepResults.Status;
import dev.convoke.sweep.SweepResults.TestResults;
import dev.convoke.sweep.SweepResults.Verdict;
import dev.convoke.train.Classification;
import dev.convoke.train.EpochMetrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimJudgeTest {
    /** Seeds differ by a wobble of this size, in shares of 1, so that tests have something to divide by. */
    private static final double WOBBLE = 0.0002;
    /** SciPy and Commons Statistics agree to rounding. */
    private static final double GOLDEN = 1e-10;
    /** Figures in these tests are sums of few decimals. */
    private static final double CLOSE = 1e-12;

    private final Map<String, RunResults> runs = new LinkedHashMap<>();
    private String suite = "report";
    private String dataset = "mnist";
    private int seeds = 6;

    @BeforeEach
    void allRunsAlike() {
        for (String name : List.of(
                "base-adam",
                "sgd",
                "rmsprop",
                "dropout-0.3",
                "dropout-0.1",
                "l1",
                "l2",
                "batch-norm",
                "patience-7",
                "patience-5",
                "patience-3",
                "four-blocks",
                "two-blocks",
                "lr-0.01",
                "lr-0.0001")) {
            set(name, 0.98, 0.98, 0.05);
        }
    }

    @Test
    void clear_differences_in_the_claimed_order_confirm() {
        set("base-adam", 0.98, 0.99, 0.05);
        set("rmsprop", 0.98, 0.97, 0.05);
        set("sgd", 0.98, 0.92, 0.05);
        ClaimVerdict claim = judged("C1");
        assertEquals(Verdict.CONFIRMED, claim.verdict());
        assertEquals(0.02, claim.comparisons().get(0).effect(), WOBBLE);
        assertEquals(6, claim.comparisons().get(0).n());
        assertTrue(claim.comparisons().get(0).p() < 0.05);
        assertTrue(claim.reason().startsWith("Both comparisons are significant"), claim.reason());
    }

    @Test
    void one_part_the_wrong_way_refutes() {
        set("rmsprop", 0.98, 0.99, 0.05);
        set("sgd", 0.98, 0.92, 0.05);
        ClaimVerdict claim = judged("C1");
        assertEquals(Verdict.REFUTED, claim.verdict());
        Comparison first = claim.comparisons().get(0);
        assertEquals(Verdict.REFUTED, first.verdict());
        assertTrue(first.statisticName().endsWith("opposite direction"));
        assertTrue(first.p() < 0.05, "the p of a refutation is that of the opposite direction");
        assertEquals(Verdict.CONFIRMED, claim.comparisons().get(1).verdict());
    }

    @Test
    void differences_lost_in_the_wobble_are_undecided() {
        ClaimVerdict claim = judged("C7");
        assertEquals(Verdict.UNDECIDED, claim.verdict());
        assertTrue(claim.reason().startsWith("Not significant either way"), claim.reason());
    }

    @Test
    void an_equivalence_is_shown_within_its_margin_and_refuted_outside() {
        set("dropout-0.3", 0.98, 0.985, 0.05);
        set("dropout-0.1", 0.98, 0.9852, 0.05);
        assertEquals(Verdict.CONFIRMED, judged("C2").verdict());
        set("dropout-0.1", 0.98, 0.975, 0.05);
        ClaimVerdict outside = judged("C2");
        assertEquals(Verdict.REFUTED, outside.verdict());
        assertEquals(Verdict.REFUTED, outside.comparisons().get(1).verdict());
    }

    @Test
    void all_four_parts_of_the_penalty_claim_are_needed() {
        set("l1", 0.92, 0.96, 0.35);
        set("l2", 0.97, 0.98, 0.10);
        ClaimVerdict claim = judged("C3");
        assertEquals(4, claim.comparisons().size());
        assertEquals(Verdict.UNDECIDED, claim.verdict());
        set("l2", 0.97, 0.975, 0.10);
        assertEquals(Verdict.CONFIRMED, judged("C3").verdict());
        assertTrue(judged("C3").reason().contains("differs in the penalty alone"));
        assertTrue(judged("C3").comparisons().get(0).hypothesis().endsWith("< train_accuracy(patience-7)"));
    }

    @Test
    void overfitting_is_counted_at_the_named_epochs_against_the_others() {
        set("batch-norm", 0.98, 0.99, 0.05);
        jumpAt("batch-norm", 2, 5, 9);
        ClaimVerdict claim = judged("C4");
        assertEquals(Verdict.CONFIRMED, claim.verdict(), claim.reason());
        assertTrue(claim.reason().contains("18 of 18 epochs numbered 2, 5, 9"), claim.reason());
    }

    @Test
    void early_stopping_that_was_never_active_is_not_tested() {
        assertEquals(Verdict.NOT_TESTED, judged("C5").verdict());
        assertTrue(judged("C5").reason().contains("never active"));
    }

    @Test
    void early_stopping_is_judged_on_images_that_did_not_choose_the_epoch() {
        suite = "report-as-described";
        allRunsAlike();
        best();
        ClaimVerdict chosen = judged("C5");
        assertEquals(Verdict.NOT_TESTED, chosen.verdict());
        assertTrue(chosen.reason().contains("The test images chose the epochs"), chosen.reason());
        suite = "report-sound";
        allRunsAlike();
        best();
        withTest("patience-5", 0.99, 0.03);
        withTest("patience-3", 0.99, 0.03);
        ClaimVerdict claim = judged("C5");
        assertEquals(4, claim.comparisons().size());
        assertEquals(Verdict.CONFIRMED, claim.verdict(), claim.reason());
        assertTrue(claim.comparisons().get(0).metric().equals("test_loss, final weights"));
        withTest("dropout-0.1", 0.995, 0.05);
        assertEquals(Verdict.REFUTED, judged("C5").verdict());
    }

    @Test
    void four_blocks_need_both_losses_and_the_accuracy() {
        setLosses("four-blocks", 0.07, 0.04, 0.985);
        assertEquals(Verdict.CONFIRMED, judged("C6").verdict(), judged("C6").reason());
        setLosses("four-blocks", 0.07, 0.06, 0.985);
        assertEquals(Verdict.REFUTED, judged("C6").verdict());
    }

    @Test
    void a_claimed_size_is_refuted_where_less_is_shown() {
        setLosses("four-blocks", 0.07, 0.04, 0.981);
        ClaimVerdict claim = judged("C6");
        Comparison size = claim.comparisons().get(2);
        assertEquals("val_accuracy(four-blocks) > val_accuracy(base-adam) by 0.3 points", size.hypothesis());
        assertEquals(Verdict.CONFIRMED, size.verdict(), "0.1 points more are more");
        setLosses("four-blocks", 0.07, 0.04, 0.98);
        claim = judged("C6");
        assertEquals(Verdict.REFUTED, claim.verdict(), claim.reason());
        assertTrue(claim.comparisons().get(2).high().orElseThrow() < 0.003);
    }

    @Test
    void the_recorded_five_seeds_are_judged_as_their_intervals_say() {
        SweepResults recorded =
                ResultsJson.read(Path.of("..", "..", "bench", "results", "mnist-report-5-seeds", "results.json"));
        Map<String, ClaimVerdict> claims = new LinkedHashMap<>();
        ClaimJudge.judge(recorded).forEach(claim -> claims.put(claim.id(), claim));
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        claims.forEach((id, claim) -> verdicts.put(id, claim.verdict()));
        assertEquals(
                Map.of(
                        "C1", Verdict.CONFIRMED,
                        "C2", Verdict.UNDECIDED,
                        "C3", Verdict.CONFIRMED,
                        "C4", Verdict.UNDECIDED,
                        "C5", Verdict.NOT_TESTED,
                        "C6", Verdict.REFUTED,
                        "C7", Verdict.UNDECIDED,
                        "C8", Verdict.NOT_TESTED),
                verdicts);
        // By SciPy 1.17 (statistics.py beside this test's golden values): 6 claims, Holm; 3 parts, for the opposite.
        Comparison accuracy = claims.get("C6").comparisons().get(2);
        assertEquals(0.0026369067972020536, accuracy.p(), GOLDEN);
        assertEquals(-0.00256, accuracy.low().orElseThrow(), 1e-5);
        assertEquals(0.00116, accuracy.high().orElseThrow(), 1e-5);
        assertEquals(6 * 3 * accuracy.p(), claims.get("C6").p().orElseThrow(), GOLDEN);
        Comparison rate = claims.get("C7").comparisons().get(0);
        assertEquals(Optional.of(Shape.TWO_GROUPS), rate.shape());
        assertEquals(1 / 32.0, rate.p(), GOLDEN);
        assertTrue(Double.isNaN(rate.smallestEffect()), "no accuracy can differ by 131 points");
        assertTrue(claims.get("C8")
                .reason()
                .contains("patience-3 has start_from patience-5, the suite report" + " patience-3-start"));
    }

    @Test
    void the_best_model_is_judged_where_a_run_joins_all_that_it_names() {
        assertEquals(Verdict.NOT_TESTED, judged("C8").verdict());
        assertEquals(1, judged("C8").comparisons().size(), "the nearest run is compared all the same");
        assertEquals(Verdict.NOT_TESTED, judged("C8").comparisons().get(0).verdict());
        suite = "report-sound";
        allRunsAlike();
        best();
        withTest("best-model", 0.995, 0.03);
        ClaimVerdict claim = judged("C8");
        assertEquals(Verdict.CONFIRMED, claim.verdict(), claim.reason());
        assertTrue(claim.comparisons().get(0).hypothesis().contains("each of 15 others"));
    }

    @Test
    void fewer_than_five_seeds_test_nothing_and_say_what_they_could_have_seen() {
        seeds = 4;
        allRunsAlike();
        set("rmsprop", 0.98, 0.95, 0.05);
        set("sgd", 0.98, 0.90, 0.05);
        ClaimVerdict claim = judged("C1");
        assertEquals(Verdict.UNDECIDED, claim.verdict());
        Comparison first = claim.comparisons().get(0);
        assertEquals(4, first.n());
        assertEquals(0.03, first.effect(), WOBBLE);
        assertTrue(Double.isNaN(first.p()));
        assertTrue(first.smallestEffect() > 0);
        assertTrue(claim.reason().startsWith("n = 4:"), claim.reason());
    }

    @Test
    void one_seed_judges_by_how_much_the_figures_move_from_epoch_to_epoch() {
        seeds = 1;
        allRunsAlike();
        ClaimVerdict claim = judged("C1");
        assertEquals(Verdict.UNDECIDED, claim.verdict());
        assertTrue(claim.comparisons().get(0).smallestEffect() > 0);
        assertTrue(claim.reason().contains("from epoch to epoch"), claim.reason());
    }

    @Test
    void only_seeds_that_both_runs_finished_are_paired() {
        RunResults sgd = runs.get("sgd");
        List<SeedResults> some = new ArrayList<>(sgd.seeds());
        SeedResults lost = some.remove(0);
        some.add(new SeedResults(lost.seed(), Status.DIVERGED, "NaN", 1, List.of(), 0, false, 0, Optional.empty()));
        runs.put("sgd", replace(sgd, some));
        assertEquals(5, judged("C1").comparisons().get(1).n());
        runs.put("sgd", replace(sgd, List.of()));
        assertEquals(0, judged("C1").comparisons().get(1).n());
        assertTrue(judged("C1").reason().startsWith("n = 0"));
    }

    @Test
    void on_other_data_claims_are_hypotheses_about_these() {
        set("base-adam", 0.98, 0.99, 0.05);
        set("rmsprop", 0.98, 0.97, 0.05);
        set("sgd", 0.98, 0.92, 0.05);
        dataset = "digits";
        List<ClaimVerdict> claims = ClaimJudge.judge(results());
        assertEquals(8, claims.size());
        assertEquals(Verdict.CONFIRMED, claims.get(0).verdict());
        for (ClaimVerdict claim : claims) {
            assertTrue(
                    claim.reason()
                            .endsWith(
                                    "Judged as a hypothesis about this sweep: the data is digits, the suite is about mnist."),
                    claim.reason());
        }
    }

    @Test
    void changed_settings_are_named_by_the_claims_that_they_concern() {
        withSetting("base-adam", "learning_rate", 0.01);
        assertTrue(
                judged("C1").reason().contains("learning_rate 0.01, the suite report 0.001"),
                judged("C1").reason());
        assertFalse(judged("C3").reason().contains("hypothesis about this sweep"), "no run of it was changed");
        allRunsAlike();
        withSetting("l1", "epochs", 3);
        assertTrue(judged("C3").reason().contains("l1 has epochs 3, the suite report 15"));
    }

    @Test
    void a_suite_without_claims_compares_its_best_run_with_the_others() {
        set("two-blocks", 0.98, 0.99, 0.05);
        suite = "my-grid";
        List<ClaimVerdict> claims = ClaimJudge.judge(results());
        assertEquals(1, claims.size());
        assertEquals("best", claims.get(0).id());
        assertEquals(Verdict.CONFIRMED, claims.get(0).verdict(), claims.get(0).reason());
        assertEquals(14, claims.get(0).comparisons().size());
        runs.put("sgd", replace(runs.get("sgd"), runs.get("two-blocks").seeds()));
        ClaimVerdict level = ClaimJudge.judge(results()).get(0);
        assertEquals(Verdict.UNDECIDED, level.verdict());
        assertTrue(level.reason().contains("not told apart from it"), level.reason());
        assertEquals(0.02 / 2, level.comparisons().get(5).effect(), WOBBLE * 2);
    }

    @Test
    void one_run_alone_has_no_verdicts() {
        RunResults one = runs.get("base-adam");
        runs.clear();
        runs.put("base-adam", one);
        assertEquals(List.of(), ClaimJudge.judge(results()));
        suite = "my-grid";
        assertEquals(List.of(), ClaimJudge.judge(results()));
    }

    @Test
    void a_claim_about_a_run_that_the_sweep_lacks_is_left_out() {
        runs.remove("rmsprop");
        List<String> ids =
                ClaimJudge.judge(results()).stream().map(ClaimVerdict::id).toList();
        assertEquals(List.of("C2", "C3", "C4", "C6", "C7"), ids);
    }

    @Test
    void runs_that_agree_to_the_last_bit_are_undecided_not_an_error() {
        runs.put("lr-0.01", replace(runs.get("lr-0.01"), runs.get("base-adam").seeds()));
        Comparison first = judged("C7").comparisons().get(0);
        assertEquals(0, first.effect(), CLOSE);
        assertTrue(Double.isNaN(first.p()));
        assertEquals(Verdict.UNDECIDED, first.verdict());
    }

    private ClaimVerdict judged(String id) {
        return ClaimJudge.judge(results()).stream()
                .filter(claim -> claim.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private SweepResults results() {
        return SampleSweep.sweep(suite, dataset, List.copyOf(runs.values()));
    }

    private void set(String name, double trainAccuracy, double valAccuracy, double valLoss) {
        runs.put(name, run(name, trainAccuracy, valAccuracy, 0.08, valLoss));
    }

    private void setLosses(String name, double trainLoss, double valLoss, double valAccuracy) {
        runs.put(name, run(name, 0.98, valAccuracy, trainLoss, valLoss));
    }

    private RunResults run(String name, double trainAccuracy, double valAccuracy, double trainLoss, double valLoss) {
        List<SeedResults> results = new ArrayList<>();
        for (int seed = 1; seed <= seeds; seed++) {
            // A fixed wobble that differs by run and seed and has a mean near zero.
            double wobble = WOBBLE * Math.sin(seed * (7.0 + Math.abs(name.hashCode() % 97)));
            List<EpochMetrics> epochs = new ArrayList<>();
            for (int epoch = 1; epoch <= 15; epoch++) {
                double swing = wobble + 0.1 * WOBBLE * Math.cos(epoch * 2.0);
                double falling = trainLoss + 0.001 * (15 - epoch);
                epochs.add(new EpochMetrics(
                        epoch,
                        1,
                        0.001,
                        falling + wobble,
                        0,
                        trainAccuracy + swing,
                        valLoss + 0.0005 * (15 - epoch) + wobble,
                        0,
                        valAccuracy + swing));
            }
            results.add(new SeedResults(seed, Status.DONE, "", 15, epochs, 15, false, 15, Optional.empty()));
        }
        Suite.Run run = Suites.load(Suites.BUILT_IN.contains(suite) ? suite : "report")
                .run(name)
                .orElseThrow();
        return new RunResults(name, "", List.of(), 1, run.given(), List.of(), run.startFrom(), results);
    }

    /** Raises the validation loss of these epochs, so that it rises there and nowhere else. */
    private void jumpAt(String name, Integer... epochs) {
        RunResults run = runs.get(name);
        List<SeedResults> changed = new ArrayList<>();
        for (SeedResults seed : run.seeds()) {
            List<EpochMetrics> history = new ArrayList<>();
            for (EpochMetrics e : seed.epochs()) {
                boolean jumps = List.of(epochs).contains(e.epoch()) || (seed.seed() == 1 && e.epoch() == 12);
                history.add(new EpochMetrics(
                        e.epoch(),
                        1,
                        0.001,
                        e.trainLoss(),
                        0,
                        e.trainAccuracy(),
                        e.valLoss() + (jumps ? 0.01 : 0),
                        0,
                        e.valAccuracy()));
            }
            changed.add(new SeedResults(seed.seed(), Status.DONE, "", 1, history, 15, false, 15, Optional.empty()));
        }
        runs.put(name, replace(run, changed));
    }

    /** Early stopping suites have one run more. */
    private void best() {
        set("best-model", 0.98, 0.98, 0.05);
        List.copyOf(runs.keySet()).forEach(name -> withTest(name, 0.98, 0.05));
    }

    private void withTest(String name, double accuracy, double loss) {
        RunResults run = runs.get(name);
        List<SeedResults> seeds = new ArrayList<>();
        for (SeedResults seed : run.seeds()) {
            double wobble = WOBBLE * Math.sin(seed.seed() * (7.0 + Math.abs(name.hashCode() % 97)));
            TestResults test =
                    new TestResults(loss + wobble, loss, accuracy + wobble, new Classification(List.of()), List.of());
            seeds.add(
                    new SeedResults(seed.seed(), Status.DONE, "", 1, seed.epochs(), 15, false, 15, Optional.of(test)));
        }
        runs.put(name, replace(run, seeds));
    }

    private void withSetting(String name, String key, Object value) {
        RunResults run = runs.get(name);
        Map<String, Object> parameters = new HashMap<>(run.parameters());
        parameters.put(key, value);
        runs.put(name, new RunResults(name, "", List.of(), 1, parameters, run.layers(), run.startFrom(), run.seeds()));
    }

    private static RunResults replace(RunResults run, List<SeedResults> seeds) {
        return new RunResults(run.name(), "", List.of(), 1, run.parameters(), run.layers(), run.startFrom(), seeds);
    }
}
