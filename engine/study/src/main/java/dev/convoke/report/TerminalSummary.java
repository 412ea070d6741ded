package dev.convoke.report;

import dev.convoke.report.document.VerdictWords;
import dev.convoke.report.measure.Comparability;
import dev.convoke.report.measure.Formats;
import dev.convoke.report.measure.PublishedComparison;
import dev.convoke.report.measure.PublishedComparison.Fidelity;
import dev.convoke.report.measure.PublishedComparison.Row;
import dev.convoke.sweep.SweepResults;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The summary of a sweep on a terminal: one line per run, one or two lines per verdict, in plain ASCII. */
public final class TerminalSummary {
    /** A terminal narrower than this gets lines of this length all the same. */
    private static final int NARROWEST = 60;

    private static final int VERDICT_WIDTH = 12;

    /** Columns after a run's name, with and without published results. */
    private static final int FIGURES_WIDTH = 53;

    private static final int SOURCE_WIDTH = 12;

    private static final String CONTINUED = " +";

    private static final int OWN_FIGURES_WIDTH = 25;

    private final SweepResults results;
    private final Comparability comparability;
    private final PublishedComparison comparison;
    private final int columns;
    private final List<String> lines = new ArrayList<>();

    private TerminalSummary(SweepResults results, int columns) {
        this.results = results;
        this.comparability = Comparability.of(results);
        this.comparison = PublishedComparison.of(results, comparability);
        this.columns = Math.max(NARROWEST, columns);
    }

    /**
     * Lines that end in line feeds.
     *
     * @param judged results with their verdicts
     * @param columns width of the terminal, such as 80 or 100
     */
    public static String of(SweepResults judged, int columns) {
        TerminalSummary summary = new TerminalSummary(judged, columns);
        summary.runs();
        summary.claims();
        return String.join("\n", summary.lines) + "\n";
    }

    private void runs() {
        boolean beside = comparison.isShown();
        boolean continued =
                results.runs().stream().anyMatch(run -> run.startFrom().isPresent());
        List<String> names = RunNames.fitted(
                comparison.rows().stream()
                        .map(row ->
                                ascii(row.run().name()) + (row.run().startFrom().isPresent() ? CONTINUED : ""))
                        .toList(),
                columns - (beside ? FIGURES_WIDTH : OWN_FIGURES_WIDTH));
        int width = names.stream().mapToInt(String::length).max().orElse(3);
        lines.add("validation accuracy in %, median of the last five epochs");
        lines.add(line(
                width,
                "run",
                "seeds",
                beside ? "ours" : "mean",
                "sd",
                beside
                        ? RunNames.fitted(List.of(ascii(comparison.source())), SOURCE_WIDTH)
                                .get(0)
                        : "",
                beside ? "difference" : ""));
        for (int i = 0; i < names.size(); i++) {
            Row row = comparison.rows().get(i);
            lines.add(line(
                    width,
                    names.get(i),
                    row.run().done().size() + "/" + row.run().seeds().size(),
                    percent(row.ours().mean()),
                    percent(row.ours().sd()),
                    beside ? percent(row.published().orElse(Double.NaN)) : "",
                    row.compared() ? difference(row) : beside ? "-" : ""));
        }
        if (continued) {
            lines.add("+ continued: began with trained weights");
        }
        comparison.caveat().ifPresent(caveat -> wrap(caveat, ""));
        fidelity();
    }

    private void fidelity() {
        Fidelity fidelity = comparison.fidelity();
        if (fidelity.compared() > 0) {
            wrap(
                    "! outside the 95 % prediction interval of our seeds, as are "
                            + fidelity.outside().size() + " of " + fidelity.compared()
                            + " published values, losses included; expected by chance: 1 in 20",
                    "  ");
        }
    }

    private static String difference(Row row) {
        String signed = ascii(Formats.signed(100 * row.difference(), 2));
        return row.outside() ? signed + " !" : signed + "  ";
    }

    private static String line(int width, String run, String seeds, String ours, String sd, String notebook, String d) {
        return String.format(
                        Locale.ROOT, "%-" + width + "s  %6s  %7s  %6s  %12s  %12s", run, seeds, ours, sd, notebook, d)
                .stripTrailing();
    }

    private void claims() {
        if (results.claims().isEmpty()) {
            return;
        }
        lines.add("");
        comparability.otherData().ifPresent(data -> {
            wrap("claims tested as hypotheses: " + data, "");
            lines.add("");
        });
        int idWidth = results.claims().stream()
                .mapToInt(claim -> claim.id().length())
                .max()
                .orElse(2);
        for (ClaimVerdict claim : results.claims()) {
            String verdict = VerdictWords.of(claim.verdict()).word();
            String start = String.format(
                    Locale.ROOT, "%-" + (idWidth + 2) + "s%-" + VERDICT_WIDTH + "s", ascii(claim.id()), verdict);
            wrap(start + claim.claim(), " ".repeat(start.length()));
        }
        unseparated();
    }

    /** If the best run was selected by its metrics, the runs that do not differ significantly from it. */
    private void unseparated() {
        if (comparability.study().claims().isEmpty()) {
            for (ClaimVerdict claim : results.claims()) {
                wrap(claim.reason(), "");
            }
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
        return ascii(Formats.percent(share));
    }

    /** Terminals may know no more; control characters would let a name draw on the screen. */
    private static String ascii(String text) {
        return text.replace('−', '-').replace("–", "-").replaceAll("[^\\x20-\\x7e]", "?");
    }
}
