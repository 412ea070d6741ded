package dev.convoke.report.document;

import dev.convoke.report.document.Table.Align;
import dev.convoke.report.document.Table.Cell;
import dev.convoke.report.document.Table.Column;
import dev.convoke.report.document.Table.Footnote;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A report as Markdown whose tables line up in plain text too; figures are links to files. */
public final class MarkdownPage {
    private final StringBuilder out = new StringBuilder();

    private MarkdownPage() {}

    /**
     * The whole text.
     *
     * @param figures folder of the figure files, relative to this one
     */
    public static String of(Document document, String figures) {
        MarkdownPage page = new MarkdownPage();
        page.paragraph("# " + MarkdownText.escape(document.title()));
        page.paragraph(MarkdownText.opening(document.lead()));
        document.blocks().forEach(block -> page.block(block, figures));
        return page.out.toString().stripTrailing() + "\n";
    }

    private void block(Block block, String figures) {
        if (block instanceof Block.Heading heading) {
            paragraph("#".repeat(heading.level()) + " " + MarkdownText.escape(heading.title()));
        } else if (block instanceof Block.Paragraph text) {
            paragraph(MarkdownText.opening(text.text()));
        } else if (block instanceof Block.Bullets bullets) {
            bullets(bullets);
        } else if (block instanceof Block.Facts facts) {
            table(List.of(Column.words(""), Column.words("")), factRows(facts));
        } else if (block instanceof Block.Cards cards) {
            table(List.of(Column.words("claim"), Column.words("verdict"), Column.words("")), cardRows(cards));
        } else if (block instanceof Block.Plot plot) {
            image(
                    figures,
                    plot.figure().file(),
                    plot.figure().title(),
                    plot.figure().caption());
        } else if (block instanceof Block.Pictures pictures) {
            image(figures, pictures.file(), pictures.gallery().title(), pictures.caption());
        } else if (block instanceof Block.SideBySide row) {
            row.blocks().forEach(inner -> block(inner, figures));
        } else if (block instanceof Table table) {
            table(table);
        }
    }

    private void paragraph(String text) {
        if (!text.isBlank()) {
            out.append(text).append("\n\n");
        }
    }

    private void bullets(Block.Bullets bullets) {
        int number = 0;
        for (Text item : bullets.items()) {
            number++;
            out.append(bullets.order() == Block.Order.NOTES ? number + ". " : "- ")
                    .append(MarkdownText.opening(item))
                    .append('\n');
        }
        out.append('\n');
    }

    private static List<List<String>> factRows(Block.Facts facts) {
        return facts.facts().stream()
                .map(fact -> List.of(MarkdownText.escape(fact.name()), MarkdownText.of(fact.value())))
                .toList();
    }

    private static List<List<String>> cardRows(Block.Cards cards) {
        List<List<String>> rows = new ArrayList<>();
        for (ClaimVerdict claim : cards.claims()) {
            rows.add(List.of(claim.id(), VerdictWords.of(claim.verdict()).word(), MarkdownText.escape(claim.claim())));
        }
        return rows;
    }

    private void image(String figures, String file, String title, String caption) {
        paragraph("![" + MarkdownText.escape(title) + "](" + figures + "/" + file + ")");
        paragraph("**" + MarkdownText.escape(title) + ".** " + MarkdownText.escape(caption));
    }

    private void table(Table table) {
        paragraph(MarkdownText.opening(table.caption()));
        table(
                table.columns(),
                table.rows().stream()
                        .map(row -> IntStream.range(0, row.size())
                                .mapToObj(i -> cell(row.get(i), table.columns().get(i)))
                                .toList())
                        .toList());
        for (Footnote note : table.notes()) {
            paragraph(MarkdownText.superscript(note.number()) + " " + MarkdownText.escape(note.text()));
        }
    }

    private static String cell(Cell cell, Column column) {
        String text = MarkdownText.of(cell.text());
        String below = MarkdownText.escape(cell.below());
        String whole = below.isEmpty() ? text : text + " " + below;
        if (cell.emphasis() == Table.Emphasis.ALERT) {
            return "**" + whole + "**";
        }
        return column.emphasis() == Table.Emphasis.MUTED ? "*" + whole + "*" : whole;
    }

    private void table(List<Column> columns, List<List<String>> rows) {
        List<String> head = IntStream.range(0, columns.size())
                .mapToObj(i -> heading(columns, i))
                .toList();
        int[] widths = IntStream.range(0, columns.size())
                .map(i -> Math.max(
                        Math.max(3, width(head.get(i))),
                        rows.stream().mapToInt(row -> width(row.get(i))).max().orElse(0)))
                .toArray();
        line(head, columns, widths);
        out.append('|');
        for (int i = 0; i < widths.length; i++) {
            boolean right = columns.get(i).align() == Align.RIGHT;
            out.append(' ').append("-".repeat(widths[i] - (right ? 1 : 0))).append(right ? ": |" : " |");
        }
        out.append('\n');
        rows.forEach(row -> line(row, columns, widths));
        out.append('\n');
    }

    /** The first column of a group carries the group's name. */
    private static String heading(List<Column> columns, int index) {
        Column column = columns.get(index);
        String name = MarkdownText.escape(column.heading());
        boolean opens = index == 0 || !columns.get(index - 1).group().equals(column.group());
        return column.group().isEmpty() || !opens ? name : MarkdownText.escape(column.group()) + ": " + name;
    }

    private void line(List<String> cells, List<Column> columns, int[] widths) {
        out.append('|');
        for (int i = 0; i < widths.length; i++) {
            String space = " ".repeat(widths[i] - width(cells.get(i)));
            boolean right = columns.get(i).align() == Align.RIGHT;
            out.append(' ')
                    .append(right ? space + cells.get(i) : cells.get(i) + space)
                    .append(" |");
        }
        out.append('\n');
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
