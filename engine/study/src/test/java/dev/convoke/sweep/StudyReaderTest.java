package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.settings.ConfigurationException;
import dev.convoke.sweep.ClaimTest.Bound;
import dev.convoke.sweep.ClaimTest.Direction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudyReaderTest {
    private static final String RUNS = "convoke: 1\nname: x\nruns: [{name: narrow}, {name: wide}, {name: deep}]\n";

    @TempDir
    Path folder;

    private static Study study(String yaml) {
        return SuiteReader.read("x.yaml", RUNS + yaml).study();
    }

    @Test
    void everyFormOfClaimIsRead() {
        List<ClaimTest> tests = study("""
                claims:
                  - id: all
                    text: Everything at once.
                    remark: A remark.
                    tests:
                      - difference: {higher: wide, than: narrow}
                      - difference: {lower: wide, than: narrow, metric: val_loss, size: 0.1}
                      - difference: {higher: wide, than: narrow, metric: test_accuracy, at_least: 0.01}
                      - ordering: {best_first: [deep, wide, narrow], metric: test_loss}
                      - best: {run: deep}
                      - equivalence: {runs: [deep, wide], margin: 0.002}
                      - overfitting: {run: deep, epochs: [2, 5]}
                """).claims().get(0).tests();
        assertEquals(
                List.of(
                        new ClaimTest.Difference(
                                "wide",
                                Direction.HIGHER,
                                "narrow",
                                Metric.VAL_ACCURACY,
                                Bound.SIZE,
                                OptionalDouble.empty()),
                        new ClaimTest.Difference(
                                "wide", Direction.LOWER, "narrow", Metric.VAL_LOSS, Bound.SIZE, OptionalDouble.of(0.1)),
                        new ClaimTest.Difference(
                                "wide",
                                Direction.HIGHER,
                                "narrow",
                                Metric.TEST_ACCURACY,
                                Bound.AT_LEAST,
                                OptionalDouble.of(0.01)),
                        new ClaimTest.Ordering(List.of("deep", "wide", "narrow"), Metric.TEST_LOSS),
                        new ClaimTest.BestOf("deep", List.of("narrow", "wide"), Metric.VAL_ACCURACY),
                        new ClaimTest.Equivalence("deep", "wide", Metric.VAL_ACCURACY, 0.002),
                        new ClaimTest.Overfitting("deep", Set.of(2, 5))),
                tests);
    }

    @Test
    void aSuiteWithoutAStudyHasNone() {
        assertEquals(Study.NONE, study(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "claims: [{id: a, text: b, tests: [{difference: {higher: wde, than: narrow}}]}] | x.yaml:4: claims[0].tests[0].difference.higher: there is no run 'wde'; did you mean 'wide'?",
                "claims: [{id: a, text: b, tests: [{difference: {higher: wide, than: wide}}]}] | x.yaml:4: claims[0].tests[0].difference.than: compares 'wide' with itself",
                "claims: [{id: a, text: b, tests: [{difference: {than: wide}}]}] | x.yaml:4: claims[0].tests[0].difference: needs one of 'higher' and 'lower', with the name of a run",
                "claims: [{id: a, text: b, tests: [{difference: {higher: wide, than: deep, size: 3}}]}] | x.yaml:4: claims[0].tests[0].difference.size: an accuracy is a share of 1: 0.003 is 0.3 points",
                "claims: [{id: a, text: b, tests: [{difference: {higher: wide, than: deep, size: -0.1}}]}] | x.yaml:4: claims[0].tests[0].difference.size: must be above 0; 'higher' and 'lower' say the direction",
                "claims: [{id: a, text: b, tests: [{differ: {higher: wide}}]}] | x.yaml:4: claims[0].tests[0].differ: unknown key; did you mean 'difference'?",
                "claims: [{id: a, text: b, tests: [{best: {run: wide, metric: accuracy}}]}] | x.yaml:4: claims[0].tests[0].best.metric: unknown value 'accuracy'; did you mean 'val_accuracy'?",
                "claims: [{id: a, text: b}] | x.yaml:4: claims[0]: needs 'tests'",
                "claims: [{text: b, tests: []}] | x.yaml:4: claims[0]: needs 'id'",
                "claims: [{id: a b, text: c, not_tested: d}] | x.yaml:4: claims[0].id: 'a b' cannot be an id; use up to 20 letters, digits, '-', '_' and '.'",
                "claims: [{id: a, text: c, not_tested: d}, {id: a, text: c, not_tested: d}] | x.yaml:4: claims[1]: two claims have the id 'a'",
                "claims: [{id: a, text: b, tests: [{overfitting: {run: wide, epochs: [1]}}]}] | x.yaml:4: claims[0].tests[0].overfitting.epochs[0]: expected a whole number from 2 to 100000, found '1'",
                "study: mine.yaml | x.yaml:4: study: there is no file 'mine.yaml' in the suite's folder; paths are relative to the file that contains them",
                "published: {name: paper} | x.yaml:4: published: needs figures: 'values', 'history' or 'classes'",
                "tables: [{title: a, rows: [{run: wide, notes: [1]}]}] | x.yaml:4: tables[0].rows[0].notes: refers to notes, but the study has none; add 'notes'",
                "figures: [{title: a, form: overfitting, runs: [wide, deep]}] | x.yaml:4: figures[0]: 'overfitting' needs 'runs' with one run"
            })
    void whatIsWrongIsSaidWithItsPlaceAndTheRemedy(String yaml, String message) {
        assertEquals(
                message,
                assertThrows(ConfigurationException.class, () -> study(yaml)).getMessage());
    }

    @Test
    void aStudyFileAndItsTablesAreReadRelativeToTheFileThatNamesThem() throws IOException {
        Path sub = Files.createDirectories(folder.resolve("studies"));
        Files.writeString(folder.resolve("x.yaml"), RUNS + "study: studies/paper.yaml\n");
        Files.writeString(
                sub.resolve("paper.yaml"),
                "published: {name: paper, dataset: digits, history: h.csv, values: {wide: {val_accuracy: 0.9}}}\n");
        Files.writeString(sub.resolve("h.csv"), "run,epoch,val_accuracy\ndeep,1,0.5\ndeep,2,0.75\n");
        Suite suite = Suites.load(folder.resolve("x.yaml").toString());
        Study.Published published = suite.study().published().orElseThrow();
        assertEquals("paper", published.name());
        assertEquals(0.9, published.run("wide").orElseThrow().history().get(0).figure(Metric.VAL_ACCURACY));
        assertEquals(0.75, published.run("deep").orElseThrow().history().get(1).figure(Metric.VAL_ACCURACY));
        assertTrue(Double.isNaN(
                published.run("deep").orElseThrow().history().get(1).figure(Metric.VAL_LOSS)));
        assertEquals(Optional.empty(), published.run("narrow"));
        assertEquals(
                Set.of("studies/paper.yaml", "studies/h.csv"), suite.files().keySet());
        Files.writeString(sub.resolve("h.csv"), "run,epoch,val_accuracy\ndeep,1,0.5\ndep,2,0.75\n");
        assertEquals(
                "studies/h.csv:3: run: there is no run 'dep'; did you mean 'deep'?",
                assertThrows(
                                ConfigurationException.class,
                                () -> Suites.load(folder.resolve("x.yaml").toString()))
                        .getMessage());
        Files.writeString(sub.resolve("h.csv"), "run,epoch,val_accuracy\ndeep,1,high\n");
        assertEquals(
                "studies/h.csv:2: val_accuracy: 'high' is not a number",
                assertThrows(
                                ConfigurationException.class,
                                () -> Suites.load(folder.resolve("x.yaml").toString()))
                        .getMessage());
        Files.writeString(folder.resolve("x.yaml"), RUNS + "study: studies/paper.yaml\npublished: {values: {}}\n");
        assertTrue(assertThrows(
                        ConfigurationException.class,
                        () -> Suites.load(folder.resolve("x.yaml").toString()))
                .getMessage()
                .startsWith("studies/paper.yaml:1: published: is in the suite too"));
    }

    @Test
    void aQuotedFieldMayHoldCommas() {
        assertEquals(List.of("a", "b, c", ""), CsvTable.fields("a,\"b, c\","));
    }

    /** A study is data: the program knows none of the runs of the one that comes with it. */
    @Test
    void noRunOfTheReportIsNamedInTheProgram() throws IOException {
        // Words of the suite language that are runs' names too: the optimizers and the penalties.
        Set<String> words = Set.of("sgd", "rmsprop", "l1", "l2");
        List<String> names = List.of("report", "report-as-described", "report-sound").stream()
                .flatMap(suite -> Suites.load(suite).runs().stream())
                .map(Suite.Run::name)
                .filter(name -> !words.contains(name))
                .distinct()
                .toList();
        assertTrue(names.contains("base-adam") && names.contains("lr-0.0001"), "there is something to look for");
        Path main = Path.of("src", "main", "java");
        try (Stream<Path> modules = Files.list(Path.of("..").toRealPath())) {
            List<String> found = modules.map(module -> module.resolve(main))
                    .filter(Files::isDirectory)
                    .flatMap(StudyReaderTest::files)
                    .flatMap(file -> names.stream()
                            .filter(name -> text(file).contains(name))
                            .map(name -> file + " names " + name))
                    .toList();
            assertEquals(List.of(), found);
        }
        assertEquals(Map.of(), Suites.load("zoo").files());
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
