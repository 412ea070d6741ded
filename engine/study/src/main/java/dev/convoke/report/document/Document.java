package dev.convoke.report.document;

import dev.convoke.report.chart.Figure;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole report.
 *
 * @param title of the report
 * @param lead a sentence below it
 */
public record Document(String title, Text lead, List<Block> blocks) {
    public Document {
        blocks = List.copyOf(blocks);
    }

    /** All figures that are separate files, in order. */
    public List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        collect(blocks, figures);
        return figures;
    }

    private static void collect(List<Block> blocks, List<Figure> into) {
        for (Block block : blocks) {
            if (block instanceof Block.Plot plot) {
                into.add(plot.figure());
            } else if (block instanceof Block.Pictures pictures) {
                into.add(new Figure(
                        pictures.file(),
                        pictures.gallery().title(),
                        pictures.caption(),
                        List.of(),
                        List.of(pictures.gallery()),
                        1));
            } else if (block instanceof Block.SideBySide row) {
                collect(row.blocks(), into);
            }
        }
    }
}
