package dev.convoke.report;

import dev.convoke.report.document.VerdictWords;
import dev.convoke.report.measure.Comparability;
import dev.convoke.report.measure.NotebookComparison;
import dev.convoke.report.measure.NotebookComparison.Row;
import dev.convoke.report.measure.Numbers;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The end of a sweep on a terminal: a line a run, a line or two a verdict, in plain ASCII. */
public final class Overview {
    /** A terminal narrower than this gets lines of this length all the same. */
    private static final int NARROWEST = 60;

    private static final int VERDICT_WIDTH = 16;

    /** Columns that stand beside a run's name, with the notebook's and without. */
    private static final int FIGURES_WIDTH = 49;

    private static final int OWN_FIGURES_WIDTH = 25;

    private final SweepResults results;
    private final NotebookComparison comparison;
    private final int columns;
    private final List<String> lines = new ArrayList<>();

    private Overview(SweepResults results, int columns) {
        this.results = results;
        this.comparison = NotebookComparison.of(results);
        this.columns = Math.max(NARROWEST, columns);
    }

    /**
     * Lines that end in line feeds.
     *
     * @param judged results with their verdicts
     * @param columns width of the terminal, such as 80 or 100
     */
    public static String of(SweepResults judged, int columns) {
        Overview overview = new Overview(judged, columns);
        overview.runs();
        overview.claims();
        return String.join("\n", overview.lines) + "\n";
    }

    private void runs() {
        boolean beside = Comparability.isReportSuite(results);
        List<String> names = RunNames.fitted(
                comparison.rows().stream().map(row -> ascii(row.run().name())).toList(),
                columns - (beside ? FIGURES_WIDTH : OWN_FIGURES_WIDTH));
        int width = names.stream().mapToInt(String::length).max().orElse(3);
        lines.add("validation accuracy in %, median of the last five epochs");
        lines.add(line(width, "run", "seeds", "ours", "sd", beside ? "notebook" : "", beside ? "difference" : ""));
        for (int i = 0; i < names.size(); i++) {
            Row row = comparison.rows().get(i);
            boolean compared = beside && comparison.comparable();
            lines.add(line(
                    width,
                    names.get(i),
                    row.run().done().size() + "/" + row.run().seeds().size(),
                    percent(row.ours().mean()),
                    percent(row.ours().sd()),
                    beside ? percent(row.notebook().orElse(Double.NaN)) : "",
                    compared ? difference(row) : beside ? "-" : ""));
        }
        if (beside) {
            comparison.obstacle().ifPresent(reason -> wrap("not comparable: " + reason, ""));
            comparison.caveat().ifPresent(caveat -> wrap(caveat, ""));
        }
        if (!comparison.flagged().isEmpty()) {
            lines.add("! more than " + ascii(Numbers.fixed(100 * NotebookComparison.BOUND, 1))
                    + " points below the notebook");
        }
    }

    private static String difference(Row row) {
        String signed = ascii(Numbers.signed(100 * row.difference(), 2));
        return row.below() ? signed + " !" : signed + "  ";
    }

    private static String line(int width, String run, String seeds, String ours, String sd, String notebook, String d) {
        return String.format(
                        Locale.ROOT, "%-" + width + "s  %6s  %7s  %6s  %8s  %12s", run, seeds, ours, sd, notebook, d)
                .stripTrailing();
    }

    private void claims() {
        if (!results.claims().isEmpty()) {
            lines.add("");
        }
        for (ClaimVerdict claim : results.claims()) {
            String verdict = VerdictWords.of(claim.verdict()).word();
            String start = String.format(Locale.ROOT, "%-4s%-" + VERDICT_WIDTH + "s", claim.id(), verdict);
            wrap(start + claim.claim(), " ".repeat(start.length()));
        }
    }

    /** Breaks words into lines of at most {@link #columns}; the second and later ones are indented. */
    private void wrap(String words, String indent) {
        String rest = ascii(words);
        String margin = "";
        while (margin.length() + rest.length() > columns) {
            int room = columns - margin.length();
            int space = rest.lastIndexOf(' ', room);
            int cut = space > indent.length() ? space : room;
            lines.add((margin + rest.substring(0, cut)).stripTrailing());
            rest = rest.substring(cut).stripLeading();
            margin = indent;
        }
        lines.add(margin + rest);
    }

    private static String percent(double share) {
        return ascii(Numbers.percent(share));
    }

    /** Terminals may know no more; control characters would let a name draw on the screen. */
    private static String ascii(String text) {
        return text.replace('−', '-').replace("–", "-").replaceAll("[^\\x20-\\x7e]", "?");
    }
}
