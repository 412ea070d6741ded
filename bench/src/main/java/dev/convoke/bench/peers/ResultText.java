package dev.convoke.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A group, or the start-up figures, as lines of text. */
final class ResultText {
    private static final String[] HEAD = {"", "images/s", "slowest", "fastest", "Convoke is", ""};

    private ResultText() {}

    /** A table, its heading first. */
    static List<String> lines(Group group) {
        List<String[]> cells = new ArrayList<>();
        String[] head = HEAD.clone();
        head[HEAD.length - 1] = group.section() == Settings.Section.TRAINING ? "first loss" : "difference";
        cells.add(head);
        Optional<Rates> reference = group.reference();
        for (Row row : group.rows()) {
            cells.add(cells(row, reference, group.section()));
        }
        List<String> lines = new ArrayList<>();
        lines.add(heading(group));
        lines.addAll(aligned(cells));
        if (group.takenAgain() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %d of %d turns taken again: the threads shared no cache",
                    group.takenAgain(),
                    group.takenAgain() + turns(group)));
        }
        for (Row row : group.rows()) {
            if (!row.remark().isEmpty()) {
                lines.add("  " + row.competitor().title() + ": " + row.remark());
            }
        }
        return lines;
    }

    private static int turns(Group group) {
        return group.rows().stream()
                .flatMap(row -> Optional.ofNullable(row.rates()).stream())
                .mapToInt(rates -> rates.perRound().length)
                .sum();
    }

    private static String heading(Group group) {
        String work = group.section() == Settings.Section.TRAINING
                ? "training steps, " + group.state().words()
                : "answers";
        String live = group.liveWindows().entrySet().stream()
                .map(ResultText::share)
                .collect(Collectors.joining(", ", "; live windows ", ""));
        return String.format(
                Locale.ROOT,
                "%s, batch %d, %d thread%s, %s%s",
                group.run(),
                group.batch(),
                group.threads(),
                group.threads() == 1 ? "" : "s",
                work,
                group.liveWindows().isEmpty() ? "" : live);
    }

    private static String share(Map.Entry<String, Double> layer) {
        return String.format(Locale.ROOT, "%s %.0f%%", layer.getKey(), 100 * layer.getValue());
    }

    private static String[] cells(Row row, Optional<Rates> reference, Settings.Section section) {
        Rates rates = row.rates();
        if (rates == null) {
            return new String[] {row.competitor().title(), "-", "", "", "", ""};
        }
        String ratio = reference
                .filter(each -> !row.competitor().name().equals(Competitor.REFERENCE))
                .map(each -> String.format(Locale.ROOT, "%.2fx", rates.ratio(each)))
                .orElse("");
        String check = section == Settings.Section.TRAINING ? "%.6f" : "%.1e";
        return new String[] {
            row.competitor().title(),
            rate(rates.median()),
            rate(rates.slowest()),
            rate(rates.fastest()),
            ratio,
            String.format(Locale.ROOT, check, row.check())
        };
    }

    private static String rate(double value) {
        return String.format(Locale.ROOT, value < 1000 ? "%,.1f" : "%,.0f", value);
    }

    /** Lines whose first column is set to the left, the others to the right. */
    static List<String> aligned(List<String[]> cells) {
        int[] widths = new int[cells.get(0).length];
        for (String[] row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (String[] row : cells) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String gap = " ".repeat(widths[i] - row[i].length());
                line.append("  ").append(i == 0 ? row[i] + gap : gap + row[i]);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
