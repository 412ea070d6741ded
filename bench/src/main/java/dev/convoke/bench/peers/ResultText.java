package dev.convoke.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
        for (Row row : group.rows()) {
            cells.add(cells(row, group.section()));
        }
        List<String> lines = new ArrayList<>();
        lines.add(heading(group));
        lines.addAll(aligned(cells));
        group.fastestRival().ifPresent(row -> lines.add("  " + lead(row)));
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

    /** How much faster Convoke is than the fastest of the others, which is named. */
    static String lead(Row row) {
        Rates ratios = row.ratios().orElseThrow();
        return String.format(
                Locale.ROOT,
                "Convoke is %.2f times as fast as the fastest other engine, %s (rounds: %.2f to %.2f)",
                ratios.median(),
                row.competitor().title(),
                ratios.slowest(),
                ratios.fastest());
    }

    /** One line a table: how Convoke stands to the fastest other engine. Empty where nothing was compared. */
    static List<String> summary(List<Group> groups) {
        List<String[]> cells = new ArrayList<>();
        cells.add(new String[] {"network", "", "Convoke", "fastest other", "its images/s", "Convoke is", "rounds"});
        for (Group group : groups) {
            group.fastestRival().ifPresent(row -> cells.add(summary(group, row)));
        }
        if (cells.size() == 1) {
            return List.of();
        }
        List<String> lines = new ArrayList<>(List.of("Convoke compared with the fastest other engine"));
        lines.addAll(aligned(cells));
        return lines;
    }

    private static String[] summary(Group group, Row row) {
        Rates ratios = row.ratios().orElseThrow();
        return new String[] {
            group.run(),
            work(group),
            rate(Objects.requireNonNull(row.beside()).median()),
            row.competitor().title(),
            rate(Objects.requireNonNull(row.rates()).median()),
            String.format(Locale.ROOT, "%.2fx", ratios.median()),
            String.format(Locale.ROOT, "%.2f-%.2f", ratios.slowest(), ratios.fastest())
        };
    }

    private static int turns(Group group) {
        return group.rows().stream()
                .flatMap(row -> Optional.ofNullable(row.rates()).stream())
                .mapToInt(rates -> rates.perRound().length)
                .sum();
    }

    private static String heading(Group group) {
        String live = group.liveWindows().entrySet().stream()
                .map(ResultText::share)
                .collect(Collectors.joining(", ", "; live windows ", ""));
        return group.run() + ", " + work(group) + (group.liveWindows().isEmpty() ? "" : live);
    }

    private static String work(Group group) {
        String work = group.section() == Settings.Section.TRAINING
                ? "training steps, " + group.state().words()
                : "answers";
        return String.format(
                Locale.ROOT,
                "batch %d, %d thread%s, %s",
                group.batch(),
                group.threads(),
                group.threads() == 1 ? "" : "s",
                work);
    }

    private static String share(Map.Entry<String, Double> layer) {
        return String.format(Locale.ROOT, "%s %.0f%%", layer.getKey(), 100 * layer.getValue());
    }

    private static String[] cells(Row row, Settings.Section section) {
        Rates rates = row.rates();
        if (rates == null) {
            return new String[] {row.competitor().title(), "-", "", "", "", ""};
        }
        String ratio = row.ratios()
                .map(each -> String.format(Locale.ROOT, "%.2fx", each.median()))
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
