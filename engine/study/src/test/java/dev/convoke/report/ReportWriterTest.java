package dev.convoke.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.DatasetFacts;
import dev.convoke.sweep.SweepResults.RunResults;
import dev.convoke.sweep.SweepResults.SuiteFacts;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class ReportWriterTest {
    private static final String HOSTILE = "<script>alert(1)</script>|`a`*b*\"'&]]>\u0007\n# x";

    @TempDir
    Path folder;

    @Test
    void every_file_of_every_sample_is_well_formed() throws Exception {
        Map<String, SweepResults> samples = Map.of(
                "five", SampleSweep.report(5),
                "one", SampleSweep.report(1),
                "sound", SampleSweep.builtIn("report-sound", 2),
                "as-described", SampleSweep.builtIn("report-as-described", 2),
                "digits", SampleSweep.onDigits(2),
                "grid", SampleSweep.grid(),
                "nothing", SampleSweep.sweep("report", "mnist", List.of()));
        for (Map.Entry<String, SweepResults> sample : samples.entrySet()) {
            Path out = folder.resolve(sample.getKey());
            write(out, sample.getValue());
            parse(html(out));
            try (Stream<Path> figures = Files.list(out.resolve("figures"))) {
                for (Path figure : figures.toList()) {
                    assertTrue(figure.toString().endsWith(".svg"), "no half-written file stays: " + figure);
                    parse(Files.readString(figure));
                }
            }
        }
    }

    @Test
    void nothing_is_loaded_from_elsewhere_and_nothing_runs() throws Exception {
        write(folder, SampleSweep.report(2));
        String html = html(folder);
        Matcher sources = Pattern.compile("(?:src|href|url)\\s*[=(]\\s*[\"']?([^\"')\\s]*)")
                .matcher(html);
        int found = 0;
        while (sources.find()) {
            found++;
            assertTrue(
                    sources.group(1).startsWith("#") || sources.group(1).startsWith("data:image/png;base64,"),
                    sources.group(1));
        }
        assertTrue(found > 50, "links and pictures were looked at");
        assertFalse(html.contains("<script"));
        assertFalse(html.contains("@import"));
        assertTrue(html.contains("default-src 'none'"));
    }

    @Test
    void every_link_leads_to_an_element_and_no_id_stands_twice() throws Exception {
        write(folder, SampleSweep.report(2));
        Document page = parse(html(folder));
        NodeList all = page.getElementsByTagName("*");
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < all.getLength(); i++) {
            String id = all.item(i).getAttributes().getNamedItem("id") == null
                    ? ""
                    : all.item(i).getAttributes().getNamedItem("id").getNodeValue();
            assertTrue(id.isEmpty() || ids.add(id), "twice: " + id);
        }
        NodeList links = page.getElementsByTagName("a");
        assertTrue(links.getLength() > 40);
        for (int i = 0; i < links.getLength(); i++) {
            String target = links.item(i).getAttributes().getNamedItem("href").getNodeValue();
            assertTrue(ids.contains(target.substring(1)), target);
        }
    }

    @Test
    void hostile_names_stay_text() throws Exception {
        RunResults first = SampleSweep.runs(1).get(0);
        RunResults hostile = new RunResults(
                HOSTILE,
                HOSTILE,
                List.of(HOSTILE),
                1,
                Map.of(HOSTILE, HOSTILE),
                first.layers(),
                Optional.of(HOSTILE),
                first.seeds());
        SweepResults sweep = SampleSweep.sweep("grid", HOSTILE, List.of(hostile, hostile));
        write(
                folder,
                new SweepResults(
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        1,
                        sweep.machine(),
                        new DatasetFacts(HOSTILE, "0", 1, 1, 1, HOSTILE, List.of(HOSTILE)),
                        new SuiteFacts(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
                        sweep.runs(),
                        List.of()));
        Document page = parse(html(folder));
        assertEquals(0, page.getElementsByTagName("script").getLength());
        String markdown = Files.readString(folder.resolve("report.md"));
        assertFalse(Pattern.compile("(?<![\\\\`])<script")
                .matcher(outsideCode(markdown))
                .find());
        for (String line : markdown.lines().filter(l -> l.startsWith("| ")).toList()) {
            assertTrue(line.endsWith(" |"), line);
        }
        assertFalse(markdown.contains("\n# x"), "a line feed in a name opens no heading");
    }

    private static String outsideCode(String markdown) {
        return markdown.replaceAll("``+ .*? ``+", "");
    }

    @Test
    void markdown_tables_line_up_and_their_figures_exist() throws IOException {
        write(folder, SampleSweep.report(3));
        String markdown = Files.readString(folder.resolve("report.md"));
        List<String> table = new ArrayList<>();
        for (String line : markdown.lines().toList()) {
            if (line.startsWith("|")) {
                table.add(line);
                assertEquals(
                        table.get(0).codePointCount(0, table.get(0).length()),
                        line.codePointCount(0, line.length()),
                        line);
            } else {
                table.clear();
            }
        }
        Matcher images = Pattern.compile("!\\[[^]]*]\\(([^)]*)\\)").matcher(markdown);
        int count = 0;
        while (images.find()) {
            count++;
            assertTrue(Files.exists(folder.resolve(images.group(1))), images.group(1));
        }
        // Overview, five figures, and for each of 15 runs curves, confusion matrix and pictures.
        assertEquals(6 + 3 * 15, count);
    }

    @Test
    void our_figures_stand_beside_the_published_ones() throws IOException {
        write(folder, SampleSweep.report(1));
        String markdown = Files.readString(folder.resolve("report.md"));
        String row = markdown.lines()
                .filter(line -> line.startsWith("| lr 0.0001"))
                .findFirst()
                .orElseThrow();
        assertTrue(row.contains("³"), "flaw 3 bears on this row: " + row);
        assertTrue(row.contains(" 0.543 ") && row.contains(" 93.5 "), "as printed: " + row);
        assertTrue(row.contains(" 98.13 "), "the notebook's own median: " + row);
    }

    @Test
    void other_data_have_verdicts_and_no_published_figures() throws IOException {
        write(folder, SampleSweep.onDigits(5));
        String markdown = Files.readString(folder.resolve("report.md"));
        assertFalse(markdown.contains("notebook |") || markdown.contains("printed"), "no column of it");
        assertFalse(markdown.contains("Flaws of the original"), "nor the notes on it");
        assertTrue(markdown.contains("tested as hypotheses about these data"));
        assertTrue(markdown.contains("**confirmed**"));
        assertFalse(html(folder).contains("line dashed"), "no published curve is drawn");
    }

    @Test
    void a_continued_run_never_leads_without_that_word() throws IOException {
        List<RunResults> runs = new ArrayList<>(SampleSweep.runs(2));
        runs.replaceAll(run -> run.startFrom().isPresent() ? TerminalSummaryTest.lowered(run, -0.01) : run);
        write(folder, SampleSweep.sweep("report", "mnist", runs));
        String markdown = Files.readString(folder.resolve("report.md"));
        String best = markdown.lines()
                .filter(line -> line.startsWith("Highest validation accuracy"))
                .findFirst()
                .orElseThrow();
        assertTrue(best.contains("patience-3 (continued) with"), best);
        assertTrue(best.contains("a continued run began with trained weights"), best);
    }

    @Test
    void every_difference_has_its_interval_and_its_rank_test() throws IOException {
        write(folder, SampleSweep.report(5));
        List<String> rows = Files.readString(folder.resolve("report.md"))
                .lines()
                .filter(line -> line.startsWith("| `val_accuracy("))
                .toList();
        assertTrue(rows.size() > 5, "tests are shown");
        for (String row : rows) {
            assertTrue(row.contains(" points \\[") && row.contains("\\]"), row);
        }
    }

    @Test
    void figures_of_other_images_stand_apart_from_the_notebooks() throws IOException {
        write(folder, SampleSweep.builtIn("report-sound", 2));
        String markdown = Files.readString(folder.resolve("report.md"));
        assertTrue(markdown.contains("notebook (other images)"));
        assertTrue(markdown.contains("augmentation.horizontal_flip false"), "the setting that differs is named");
        assertFalse(html(folder).contains("line dashed"), "no published curve is drawn");
    }

    @Test
    void published_figures_are_held_against_the_prediction_interval() throws IOException {
        SweepResults sample = SampleSweep.report(5);
        List<RunResults> runs = new ArrayList<>(sample.runs());
        runs.replaceAll(run -> run.name().equals("l2") ? TerminalSummaryTest.lowered(run, 0.05) : run);
        write(folder, SampleSweep.sweep("report", "mnist", runs));
        String markdown = Files.readString(folder.resolve("report.md"));
        assertTrue(markdown.contains("Of 60 values of the notebook"), "15 runs with four figures each");
        assertTrue(markdown.contains("l2, validation accuracy 98.21"), "the one that was moved is named");
    }

    @Test
    void a_reproduction_marks_what_was_selected_on_the_test_set() throws IOException {
        write(folder, SampleSweep.report(1));
        assertTrue(html(folder).contains("selected on test"));
    }

    @Test
    void a_grid_shows_its_trouble_plainly() throws IOException {
        write(folder, SampleSweep.grid());
        String html = html(folder);
        assertTrue(html.contains("diverged, the training loss became NaN in epoch 3"));
        assertTrue(html.contains("failed, out of memory"));
        assertTrue(html.contains("not trained yet, seed 4"));
        assertTrue(html.contains("No epoch of this run was trained."));
        assertFalse(html.contains("notebook"), "a suite of one's own has no published columns");
    }

    @Test
    void writing_twice_gives_the_same_bytes() throws IOException {
        write(folder.resolve("a"), SampleSweep.report(2));
        write(folder.resolve("b"), SampleSweep.report(2));
        assertEquals(html(folder.resolve("a")), html(folder.resolve("b")));
    }

    private static void write(Path out, SweepResults results) throws IOException {
        ReportWriter.write(out, results.withClaims(ClaimJudge.judge(results)));
    }

    private static String html(Path out) throws IOException {
        return Files.readString(out.resolve("report.html"));
    }

    private static Document parse(String xml) throws ParserConfigurationException, IOException, SAXException {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}
