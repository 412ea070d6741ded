package dev.convoke.report.section;

import dev.convoke.report.document.Block;
import dev.convoke.report.document.Inline;
import dev.convoke.report.document.Table;
import dev.convoke.report.document.Table.Cell;
import dev.convoke.report.document.Table.Column;
import dev.convoke.report.document.Text;
import dev.convoke.report.document.VerdictWords;
import dev.convoke.report.measure.Numbers;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import dev.convoke.sweep.SweepResults.Comparison;
import java.util.ArrayList;
import java.util.List;

/** Every claim with its verdict, the reason, and the tests behind it. */
final class Claims {
    private Claims() {}

    static List<Block> blocks(List<ClaimVerdict> claims) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(2, "claims", "The claims, judged"));
        for (ClaimVerdict claim : claims) {
            blocks.add(new Block.Heading(
                    3,
                    "claim-" + claim.id(),
                    claim.id() + ". " + claim.claim(),
                    claim.id() + " " + VerdictWords.of(claim.verdict()).word()));
            blocks.add(new Block.Paragraph(
                    Text.of(new Inline.Mark(claim.verdict())).and(" " + claim.reason())));
            if (!claim.comparisons().isEmpty()) {
                blocks.add(table(claim.comparisons()));
            }
        }
        return blocks;
    }

    private static Table table(List<Comparison> comparisons) {
        return new Table(
                Text.EMPTY,
                List.of(
                        Column.words("Hypothesis"),
                        Column.number("n"),
                        Column.number("effect"),
                        Column.number("statistic"),
                        Column.number("p, corrected"),
                        Column.number("smallest visible"),
                        Column.words("verdict")),
                comparisons.stream().map(Claims::row).toList(),
                List.of());
    }

    private static List<Cell> row(Comparison test) {
        return List.of(
                new Cell(Text.code(test.hypothesis()), test.metric(), Table.Emphasis.PLAIN),
                Cell.of(Integer.toString(test.n())),
                Cell.of(unit(test, test.effect(), true)),
                new Cell(
                        Text.plain(Numbers.fixed(test.statistic(), 2)),
                        Double.isNaN(test.statistic()) ? "" : test.statisticName(),
                        Table.Emphasis.PLAIN),
                Cell.of(Numbers.p(test.p())),
                Cell.of(unit(test, test.smallestEffect(), false)),
                Cell.of(Text.of(new Inline.Mark(test.verdict()))));
    }

    /** An effect in points of accuracy, in the unit of a loss, or as a share of epochs. */
    private static String unit(Comparison test, double effect, boolean signed) {
        if (Double.isNaN(effect)) {
            return Numbers.NONE;
        }
        boolean points = test.metric().contains("accuracy");
        boolean share = test.metric().startsWith("share");
        double value = points ? 100 * effect : effect;
        int decimals = points || share ? 2 : 4;
        return (signed ? Numbers.signed(value, decimals) : Numbers.fixed(value, decimals)) + (points ? " points" : "");
    }
}
