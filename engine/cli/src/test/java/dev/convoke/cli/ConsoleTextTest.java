package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"sweep", "train", "evaluate", "predict", "export", "report", "summary", "datasets"})
    void everyCommandHelpsWithAnExample(String command) {
        CommandLineRun run = CommandLineRun.of(command, "--help");
        assertEquals(0, run.code());
        assertTrue(run.out().contains("Example"), run.out());
        assertTrue(run.out().contains("  convoke " + command), run.out());
    }

    @ParameterizedTest
    @CsvSource({"base-adam, 159626", "batch-norm, 160138", "four-blocks, 147402", "two-blocks, 315146"})
    void summaryCountsParametersAsKerasDoes(String run, int parameters) throws IOException {
        CommandLineRun summary = CommandLineRun.of("summary", run, "--json");
        assertEquals(parameters, JSON.std.mapFrom(summary.out()).get("parameters"), summary.err());
    }

    @Test
    void theListOfDataSetsNamesThemAll() {
        CommandLineRun run = CommandLineRun.of("datasets", "--offline");
        assertEquals(0, run.code(), run.err());
        for (String name : List.of("mnist", "fashion-mnist", "kmnist", "emnist-digits", "qmnist", "digits")) {
            assertTrue(run.out().lines().anyMatch(line -> line.startsWith(name + " ")), name + " in\n" + run.out());
        }
    }

    @Test
    void theBundledDigitsVerify() {
        CommandLineRun run = CommandLineRun.of("datasets", "digits", "--verify");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("verified"), run.out());
    }

    @Test
    void columnsLineUp() {
        Table table = new Table(Table.Align.LEFT, Table.Align.RIGHT);
        table.row("a", "1");
        table.row("long", "1000");
        assertEquals(List.of("a        1", "long  1000"), table.lines());
    }

    @Test
    void colorTakesNoColumns() {
        String red = Style.BAD.apply("red", true);
        assertEquals(3, Ansi.width(red));
        assertEquals("re", Ansi.cut(red, 2).replaceAll("\u001b\\[[0-9;]*m", ""));
        assertTrue(Ansi.cut(red, 2).endsWith("\u001b[0m"), "a cut color ends");
        assertFalse(Ansi.cut("plain", 2).contains("\u001b"));
    }

    @Test
    void clocksCountHoursOnlyWhereThereAreSome() {
        assertEquals("01:05", Ansi.clock(65));
        assertEquals("1:01:05", Ansi.clock(3665));
    }
}
