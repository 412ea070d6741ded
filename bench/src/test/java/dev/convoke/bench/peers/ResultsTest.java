package dev.convoke.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Medians, ratios, tables and JSON of made-up figures. */
class ResultsTest {
    private static final Competitor CONVOKE =
            Competitor.named(List.of("convoke")).get(0);
    private static final Competitor DJL = Competitor.named(List.of("djl")).get(0);
    private static final Competitor DL4J = Competitor.named(List.of("dl4j")).get(0);

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
                        new Row(CONVOKE, new Rates(new double[] {12_000, 9_000, 11_000}), 2.302585, ""),
                        new Row(DJL, new Rates(new double[] {1_000, 900, 1_000}), 2.302585, ""),
                        Row.unsupported(DL4J, "not supported: it is Tuesday")));
    }

    @Test
    void theMedianIsTheMiddleRound() {
        assertEquals(11_000, new Rates(new double[] {12_000, 9_000, 11_000}).median());
        assertEquals(10.5, new Rates(new double[] {12, 9}).median());
    }

    @Test
    void ratiosAreOfTheSameRound() {
        // Round by round 12, 10 and 11; the ratio of the medians would be 11 too, that of the fastest 12.
        Rates convoke = new Rates(new double[] {12_000, 9_000, 11_000});
        assertEquals(11, new Rates(new double[] {1_000, 900, 1_000}).ratio(convoke));
        assertEquals(2, new Rates(new double[] {6_000, 3_000, 5_500}).ratio(convoke));
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
        Row wrong = new Row(DJL, new Rates(new double[] {1}), 1.0, "first-step loss 1.0 is not 2.3");
        results.add(new Group(
                Settings.Section.TRAINING, "base-adam", 32, 1, WeightState.INITIAL, Map.of(), 0, List.of(wrong)));
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
        assertEquals("convoke-peers/1", json.get("format"));
        assertEquals("wall", json.get("clock"));
        Map<?, ?> group = (Map<?, ?>) ((List<?>) json.get("groups")).get(0);
        Map<?, ?> row = (Map<?, ?>) ((List<?>) group.get("rows")).get(1);
        assertEquals("djl", row.get("peer"));
        assertEquals(11.0, row.get("convoke_is"));
        assertEquals(List.of(1000.0, 900.0, 1000.0), row.get("rounds"));
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
        Turns.Work a = () -> work(order, "A");
        Turns.Work b = () -> work(order, "B");
        List<Rates> rates = new Turns(3, 1, () -> true).measure(List.of(a, b));
        assertTrue(order.toString().endsWith("ABABAB"), order.toString());
        assertEquals(16, rates.get(0).median());
    }

    @Test
    void aTurnWithoutASharedCacheIsTakenAgain() {
        StringBuilder order = new StringBuilder();
        // Asked before and after each turn: the first has it at its begin only, the second not, the third always.
        Iterator<Boolean> shared = List.of(true, false, false, true, true, true).iterator();
        Turns turns = new Turns(1, 1, shared::next);
        turns.measure(List.of(() -> work(order, "A")));
        assertEquals(2, turns.takenAgain());
        assertEquals("AAAA", order.toString(), "a turn of warm-up, three that are measured");
    }

    @Test
    void aMachineThatNeverSharesIsTakenAsItIs() {
        Turns turns = new Turns(3, 1, () -> false);
        assertEquals(
                1, turns.measure(List.of(() -> work(new StringBuilder(), "A"))).size());
        assertEquals(12, turns.takenAgain());
    }

    @Test
    void oneThreadHasNothingToShare() {
        assertTrue(new SharedCache(1).getAsBoolean());
    }

    private static Turns.Done work(StringBuilder order, String name) {
        order.append(name);
        return new Turns.Done(32, 2_000_000_000L);
    }

    private static Settings settings() {
        return new Settings(
                List.of("base-adam"),
                List.of(32),
                List.of(1),
                3,
                0.5,
                Settings.Clock.WALL,
                List.of(CONVOKE, DJL),
                Set.of(Settings.Section.TRAINING),
                Path.of(""),
                Path.of(""));
    }
}
