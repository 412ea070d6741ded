package dev.convoke.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.convoke.sweep.Suites;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Medians, ratios, tables and JSON of made-up figures. */
class ResultsTest {
    private static final Competitor CONVOKE =
            Competitor.named(List.of("convoke")).get(0);
    private static final Competitor DJL = Competitor.named(List.of("djl")).get(0);
    private static final Competitor DL4J = Competitor.named(List.of("dl4j")).get(0);

    private static final Rates CONVOKES = new Rates(new double[] {12_000, 9_000, 11_000});

    private static Row measured(Competitor competitor, double... rates) {
        return new Row(competitor, EngineOutcome.MEASURED, new Rates(rates), CONVOKES, 2.302585, "");
    }

    private static Group group(Row... rows) {
        return new Group(
                Settings.Section.TRAINING, "base-adam", 32, 1, WeightState.INITIAL, Map.of(), 0, List.of(rows));
    }

    private static Group group() {
        return new Group(
                Settings.Section.TRAINING,
                "base-adam",
                32,
                1,
                WeightState.INITIAL,
                Map.of("pool1", 0.25),
                2,
                List.of(
                        measured(CONVOKE, 12_000, 9_000, 11_000),
                        measured(DJL, 1_000, 900, 1_000),
                        Row.without(DL4J, EngineOutcome.UNSUPPORTED, "not supported: it is Tuesday")));
    }

    @Test
    void theMedianIsTheMiddleRound() {
        assertEquals(11_000, new Rates(new double[] {12_000, 9_000, 11_000}).median());
        assertEquals(10.5, new Rates(new double[] {12, 9}).median());
    }

    @Test
    void ratiosAreOfTheSameRound() {
        // Round by round 12, 10 and 11; the ratio of the medians would be 11 too, that of the fastest 12.
        assertEquals(
                11, CONVOKES.over(new Rates(new double[] {1_000, 900, 1_000})).median());
        assertEquals(
                2, CONVOKES.over(new Rates(new double[] {6_000, 3_000, 5_500})).median());
    }

    @Test
    void theHeadlineNamesTheFastestOtherEngine() {
        Row slow = measured(DJL, 1_000, 900, 1_000);
        Row fast = measured(DL4J, 2_000, 3_000, 1_000);
        Group group = group(measured(CONVOKE, 12_000, 9_000, 11_000), slow, fast);
        assertEquals(fast, group.fastestRival().orElseThrow());
        String text = String.join("\n", ResultText.lines(group));
        assertTrue(
                text.contains("Convoke is 6.00 times as fast as the fastest other engine, Deeplearning4j"
                        + " (rounds: 3.00 to 11.00)"),
                text);
        String summary = String.join("\n", ResultText.summary(List.of(group)));
        assertTrue(
                summary.matches("(?s).*base-adam +batch 32, 1 thread.*Deeplearning4j +2,000 +6.00x +3.00-11.00.*"),
                summary);
    }

    @Test
    void anEngineThatDoesNotStartHasItsRow() {
        Group group = group(measured(CONVOKE, 12_000, 9_000, 11_000), measured(DL4J, 1_000, 900, 1_000))
                .with(List.of(Row.without(DJL, EngineOutcome.FAILED, "does not start")));
        assertEquals(
                List.of(CONVOKE, DJL, DL4J),
                group.rows().stream().map(Row::competitor).toList());
        Results results = new Results(settings(), "mnist");
        results.add(group);
        assertEquals(1, results.disagreements().size());
    }

    /** An engine that computes on a thread that the clock does not see ends its turn all the same. */
    @Test
    void unseenWorkEndsATurn() {
        AtomicInteger passes = new AtomicInteger();
        EngineTimer.Work hidden = () -> {
            passes.incrementAndGet();
            return new EngineTimer.Done(1, 1, 2_000_000_000L);
        };
        Settings cpu = settings(Settings.Clock.CPU);
        EngineTimer.Measured measured = new InterleavedTimer(2, 1, () -> true)
                .measure(List.of(hidden), 0)
                .get(0);
        assertEquals(3, passes.get(), "one turn of warm-up, two that are measured");
        assertEquals(
                EngineOutcome.UNCOUNTED, cpu.row(CONVOKE, measured, 2.3, "").standing());
    }

    @Test
    void neitherConvokeNorOtherWorkIsTheFastestOtherEngine() {
        Competitor bf16 = Competitor.named(List.of("convoke-bf16")).get(0);
        Rates swift = new Rates(new double[] {11_000, 8_000, 10_000});
        Row other = new Row(DL4J, EngineOutcome.DIFFERS, swift, CONVOKES, 1, "another network");
        Group group = group(
                measured(CONVOKE, 12_000, 9_000, 11_000),
                measured(bf16, 11_000, 8_000, 10_000),
                measured(Competitor.against(Path.of("elsewhere")), 11_000, 8_000, 10_000),
                other);
        assertEquals(Optional.empty(), group.fastestRival());
        assertTrue(ResultText.summary(List.of(group)).isEmpty());
    }

    @Test
    void aThreadsClockRefusesWorkOfOtherThreads() {
        Settings cpu = settings(Settings.Clock.CPU);
        EngineTimer.Measured seen =
                new EngineTimer.Measured(CONVOKES, CONVOKES, new EngineTimer.Done(1, 1_000_000_000, 50_000_000));
        assertEquals(EngineOutcome.MEASURED, cpu.row(DJL, seen, 2.3, "").standing());
        EngineTimer.Measured unseen =
                new EngineTimer.Measured(CONVOKES, CONVOKES, new EngineTimer.Done(1, 1_000_000_000, 4_000_000_000L));
        Row refused = cpu.row(DJL, unseen, 2.3, "");
        assertEquals(EngineOutcome.UNCOUNTED, refused.standing());
        assertTrue(refused.remark().contains("1.00 s"), refused.remark());
        assertTrue(refused.remark().contains("5.00 s"), refused.remark());
        Results results = new Results(cpu, "mnist");
        results.add(group(measured(CONVOKE, 12_000, 9_000, 11_000), refused));
        assertEquals(1, results.disagreements().size());
    }

    @Test
    void theTableSaysWhatWasMeasured() {
        String text = String.join("\n", ResultText.lines(group()));
        assertTrue(text.contains("base-adam, batch 32, 1 thread, training steps, initial weights"), text);
        assertTrue(text.contains("live windows pool1 25%"), text);
        assertTrue(text.matches("(?s).*PyTorch \\(DJL\\) +1,000 +900.0 +1,000 +11.00x +2.302585.*"), text);
        assertTrue(text.contains("Deeplearning4j: not supported: it is Tuesday"), text);
        assertTrue(text.contains("2 of 8 turns taken again"), text);
    }

    @Test
    void whatDisagreesIsListedAndWhatIsMissingIsNot() {
        Results results = new Results(settings(), "mnist");
        results.add(group());
        assertTrue(results.disagreements().isEmpty());
        Rates one = new Rates(new double[] {1});
        Row wrong = new Row(DJL, EngineOutcome.DIFFERS, one, one, 1.0, "first-step loss 1.0 is not 2.3");
        results.add(group(wrong));
        assertEquals(1, results.disagreements().size());
        assertTrue(results.disagreements().get(0).contains("PyTorch"));
    }

    @Test
    void jsonHoldsEveryRound() throws IOException {
        Results results = new Results(settings(), "mnist");
        results.engine(DJL, 1, "DJL 0");
        results.add(group());
        results.add(new StartUp("convoke --help", new Rates(new double[] {0.5}), 0, 0));
        Map<String, Object> json = JSON.std.mapFrom(results.json());
        assertEquals("convoke-peers/2", json.get("format"));
        assertEquals("wall", json.get("clock"));
        Map<?, ?> group = (Map<?, ?>) ((List<?>) json.get("groups")).get(0);
        Map<?, ?> row = (Map<?, ?>) ((List<?>) group.get("rows")).get(1);
        assertEquals("djl", row.get("peer"));
        assertEquals(11.0, row.get("convoke_is"));
        assertEquals("measured", row.get("standing"));
        assertEquals(List.of(1000.0, 900.0, 1000.0), row.get("rounds"));
        assertEquals(List.of(12000.0, 9000.0, 11000.0), row.get("convoke_rounds"));
        assertEquals("djl", ((Map<?, ?>) group.get("fastest_peer")).get("peer"));
        assertEquals(1, ((List<?>) json.get("start_up")).size());
    }

    @Test
    void answersDifferByTheirLargestConfidence() {
        assertEquals(0.25, InferenceBench.difference("1:0.5 2:0.75", "1:0.5 2:0.5"));
        assertEquals(Double.POSITIVE_INFINITY, InferenceBench.difference("1:0.5 2:0.75", "1:0.5 3:0.75"));
        assertEquals(Double.POSITIVE_INFINITY, InferenceBench.difference("1:0.5 2:0.75", "1:0.5"));
    }

    @Test
    void turnsAlternate() {
        StringBuilder order = new StringBuilder();
        EngineTimer.Work a = () -> work(order, "A");
        EngineTimer.Work b = () -> work(order, "B");
        List<EngineTimer.Measured> measured = new InterleavedTimer(3, 1, () -> true).measure(List.of(a, b), 0);
        assertTrue(order.toString().endsWith("ABABAB"), order.toString());
        assertEquals(16, measured.get(0).rates().median());
        assertEquals(16, measured.get(1).beside().median());
    }

    @Test
    void aTurnWithoutASharedCacheIsTakenAgain() {
        StringBuilder order = new StringBuilder();
        // Asked before and after each turn: the first has it at its begin only, the second not, the third always.
        Iterator<Boolean> shared = List.of(true, false, false, true, true, true).iterator();
        InterleavedTimer turns = new InterleavedTimer(1, 1, shared::next);
        turns.measure(List.of(() -> work(order, "A")), 0);
        assertEquals(2, turns.takenAgain());
        assertEquals("AAAA", order.toString(), "a turn of warm-up, three that are measured");
    }

    @Test
    void aMachineThatNeverSharesIsTakenAsItIs() {
        InterleavedTimer turns = new InterleavedTimer(3, 1, () -> false);
        assertEquals(
                1,
                turns.measure(List.of(() -> work(new StringBuilder(), "A")), 0).size());
        assertEquals(12, turns.takenAgain());
    }

    @Test
    void oneThreadHasNothingToShare() {
        assertTrue(new SharedCache(1).getAsBoolean());
    }

    /** Both sides of a pair work until each has had its second, and what each then has is its own. */
    @Test
    void togetherBothAreAtWork() {
        AtomicInteger reference = new AtomicInteger();
        AtomicInteger other = new AtomicInteger();
        EngineTimer.Work swift = () -> counted(reference, 100, 200_000_000L);
        EngineTimer.Work slow = () -> counted(other, 10, 500_000_000L);
        List<EngineTimer.Measured> measured = new SharedProcessorTimer(3, 1).measure(List.of(slow, swift), 1);
        assertEquals(20, measured.get(0).rates().median(), 1e-9);
        assertEquals(500, measured.get(0).beside().median(), 1e-9);
        assertEquals(500, measured.get(1).rates().median(), 1e-9);
        assertEquals(3, measured.get(0).rates().perRound().length);
        assertTrue(measured.get(0).sum().seconds() >= 3, "each side has had three turns of a second");
        assertTrue(measured.get(1).sum().seconds() >= 3, "each side has had three turns of a second");
    }

    /** A side that fails ends the pair; the other does not go on for ever. */
    @Test
    void aFailureEndsThePair() {
        AtomicInteger passes = new AtomicInteger();
        EngineTimer.Work fails = () -> {
            if (passes.incrementAndGet() > 2) {
                throw new BenchException("ended");
            }
            return new EngineTimer.Done(1, 2_000_000_000L, 0);
        };
        EngineTimer.Work works = () -> new EngineTimer.Done(1, 500_000_000L, 0);
        BenchException e = assertThrows(
                BenchException.class, () -> new SharedProcessorTimer(2, 1).measure(List.of(works, fails), 0));
        assertEquals("ended", e.getMessage());
    }

    @Test
    void theLastProcessorThatIsAllowedIsTaken() {
        assertEquals(8, PinnedProcessor.last("\t0-3,8"));
        assertEquals(3, PinnedProcessor.last("0-3"));
        assertEquals(0, PinnedProcessor.last("0"));
    }

    private static EngineTimer.Done counted(AtomicInteger passes, long images, long nanos) {
        passes.incrementAndGet();
        return new EngineTimer.Done(images, nanos, 0);
    }

    private static EngineTimer.Done work(StringBuilder order, String name) {
        order.append(name);
        return new EngineTimer.Done(32, 2_000_000_000L, 0);
    }

    private static Settings settings() {
        return settings(Settings.Clock.WALL);
    }

    private static Settings settings(Settings.Clock clock) {
        return new Settings(
                List.of(Suites.run("base-adam")),
                List.of(32),
                List.of(1),
                3,
                0.5,
                clock,
                Settings.Company.ALTERNATING,
                Set.of(WeightState.values()),
                List.of(CONVOKE, DJL),
                Set.of(Settings.Section.TRAINING),
                Path.of(""),
                Path.of(""));
    }
}
