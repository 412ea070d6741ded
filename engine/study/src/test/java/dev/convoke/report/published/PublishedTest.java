package dev.convoke.report.published;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.report.measure.LastEpochs;
import dev.convoke.report.measure.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishedTest {
    /** Values are decimal fractions read from text; only their last bit may differ. */
    private static final double EXACT = 1e-12;

    private final Published report = Published.report();

    @Test
    void every_run_has_fifteen_epochs_and_ten_classes() {
        assertEquals(15, report.runs().size());
        for (PublishedRun run : report.runs()) {
            assertEquals(Published.EPOCHS, run.history().size(), run.name());
            assertEquals(10, run.classes().size(), run.name());
        }
    }

    @Test
    void the_seconds_of_all_epochs_are_those_of_the_whole() {
        double seconds = report.runs().stream()
                .flatMap(run -> run.history().stream())
                .mapToDouble(PublishedEpoch::seconds)
                .sum();
        assertEquals(Published.SECONDS, seconds, EXACT);
    }

    @Test
    void settings_are_read() {
        PublishedRun l1 = report.run("l1").orElseThrow();
        assertTrue(l1.dropout().isEmpty());
        assertEquals(0.3, report.run("dropout-0.3").orElseThrow().dropout().getAsDouble(), EXACT);
        assertEquals(0.0001, report.run("lr-0.0001").orElseThrow().learningRate(), EXACT);
        assertEquals(315146, report.run("two-blocks").orElseThrow().parameterCount());
    }

    @Test
    void tables_name_the_runs_of_their_rows() {
        assertEquals(9, report.table(2).size());
        assertEquals(
                List.of("four-blocks", "base-adam", "two-blocks"),
                report.table(3).stream().map(PublishedRow::run).toList());
        PublishedRow last = report.table(4).get(2);
        assertEquals("lr-0.0001", last.run());
        assertEquals(0.935, last.valAccuracy(), EXACT);
    }

    @Test
    void the_median_of_the_last_five_epochs_is_taken_from_the_history() {
        // 0.9880, 0.9863, 0.9892, 0.9880, 0.9837
        assertEquals(0.9880, LastEpochs.median(report.run("base-adam").orElseThrow(), Metric.VAL_ACCURACY), EXACT);
    }

    @Test
    void flaws_bear_on_their_rows() {
        assertEquals(8, report.flaws().size());
        List<Integer> patience3 = report.flaws().stream()
                .filter(flaw -> flaw.bearsOnRow(2, "patience-3"))
                .map(Flaw::number)
                .toList();
        assertEquals(List.of(1, 2), patience3);
        assertTrue(report.flaws().get(4).bearsOnFigure(3));
        assertTrue(report.flaws().get(5).bearsOnAll());
    }

    @Test
    void a_quoted_field_may_hold_commas() {
        assertEquals(List.of("a", "b, c", ""), Csv.fields("a,\"b, c\","));
    }
}
