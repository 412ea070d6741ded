package dev.convoke.report.section;

import dev.convoke.report.document.Block;
import dev.convoke.report.document.Inline;
import dev.convoke.report.document.Table;
import dev.convoke.report.document.Table.Cell;
import dev.convoke.report.document.Table.Column;
import dev.convoke.report.document.Text;
import dev.convoke.report.document.VerdictWords;
import dev.convoke.report.measure.Formats;
import dev.convoke.report.statistics.Interval;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import dev.convoke.sweep.SweepResults.Comparison;
import dev.convoke.sweep.SweepResults.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every claim with its verdict, the reason, and the tests behind it. */
final class Claims {
    private final ReportContext context;

    Claims(ReportContext context) {
        this.context = context;
    }

    /** Empty if nothing was tested. */
    List<Block> blocks() {
        List<ClaimVerdict> claims = context.results().claims();
        if (claims.isEmpty()) {
            return List.of();
        }
        boolean own = !context.study().claims().isEmpty();
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(2, "claims", own ? "Verdicts on the claims" : "The best run against the others"));
        if (own) {
            blocks.add(new Block.Paragraph(Text.plain(family(claims))));
        }
        for (ClaimVerdict claim : claims) {
            blocks.add(new Block.Heading(
                    3,
                    "claim-" + claim.id(),
                    claim.id() + ". " + claim.claim(),
                    claim.id() + " " + VerdictWords.of(claim.verdict()).word()));
            blocks.add(new Block.Paragraph(
                    Text.of(new Inline.Mark(claim.verdict())).and(" " + claim.reason())));
            if (!claim.comparisons().isEmpty()) {
                blocks.add(table(claim.comparisons(), own ? "p" : "p, corrected"));
            }
        }
        return blocks;
    }

    private static String family(List<ClaimVerdict> claims) {
        long judged = claims.stream().filter(claim -> claim.p().isPresent()).count();
        return (judged == 1 ? "One claim was" : Formats.count(judged) + " claims were")
                + " tested; the correction for their number (Holm) is in each verdict and in the p of its sentence.";
    }

    private static Table table(List<Comparison> comparisons, String p) {
        return new Table(
                Text.EMPTY,
                List.of(
                        Column.words("Hypothesis"),
                        Column.number("n"),
                        Column.number("effect"),
                        Column.number("statistic"),
                        Column.number(p),
                        Column.number("ranks, Welch"),
                        Column.number("smallest visible"),
                        Column.words("verdict")),
                comparisons.stream().map(Claims::row).toList(),
                List.of());
    }

    private static List<Cell> row(Comparison test) {
        Interval interval =
                new Interval(test.low().orElse(Double.NaN), test.high().orElse(Double.NaN));
        return List.of(
                new Cell(Text.code(test.hypothesis()), test.metric() + statistic(test), Table.Emphasis.PLAIN),
                Cell.of(Integer.toString(test.n())),
                new Cell(
                        Text.plain(unit(test, test.effect(), true)),
                        interval.isKnown() ? Formats.interval(interval, factor(test), decimals(test)) : "",
                        Table.Emphasis.PLAIN),
                Cell.of(Formats.fixed(test.statistic(), 2)),
                Cell.of(Formats.p(test.p())),
                new Cell(Text.plain(chance(test.rankP())), chance(test.unpairedP()), Table.Emphasis.PLAIN),
                Cell.of(unit(test, test.smallestEffect(), false)),
                Cell.of(Text.of(new Inline.Mark(test.verdict()))));
    }

    /** What follows the metric: the name of the statistic, where there is one. */
    private static String statistic(Comparison test) {
        boolean byRanks = test.shape().equals(Optional.of(Shape.TWO_GROUPS)) && !Double.isNaN(test.p());
        return byRanks || !Double.isNaN(test.statistic()) ? "; " + test.statisticName() : "";
    }

    private static String chance(Optional<Double> p) {
        return p.map(Formats::p).orElse(Formats.NONE);
    }

    private static double factor(Comparison test) {
        return test.metric().contains("accuracy") ? 100 : 1;
    }

    private static int decimals(Comparison test) {
        return test.metric().contains("accuracy") || test.metric().startsWith("share") ? 2 : 4;
    }

    /** An effect in points of accuracy, in the unit of a loss, or as a share of epochs. */
    private static String unit(Comparison test, double effect, boolean signed) {
        if (Double.isNaN(effect)) {
            return Formats.NONE;
        }
        double value = factor(test) * effect;
        String number = signed ? Formats.signed(value, decimals(test)) : Formats.fixed(value, decimals(test));
        return number + (test.metric().contains("accuracy") ? " points" : "");
    }
}
