package dev.convoke.report.profile;

import dev.convoke.report.measure.Formats;
import java.util.List;
import java.util.Locale;

/** The table of a profile as text: the same figures on the terminal and on the page. */
public final class ProfileCells {
    private static final double KILO = 1e3;
    private static final double MEGA = 1e6;
    private static final double GIGA = 1e9;

    private ProfileCells() {}

    /** Headings; the first two columns are words, the others numbers. */
    public static List<String> head() {
        return List.of("op", "pass", "µs", "spread", "share", "MFLOP", "MB", "GFLOP/s", "GB/s", "FLOP/B", "of roof");
    }

    /** One op. */
    public static List<String> of(ProfileRow row, ProfileReport report) {
        Work work = row.work();
        return List.of(
                row.name(),
                row.pass().name().toLowerCase(Locale.ROOT),
                micros(row.nanos().median()),
                percent(row.nanos().spread()),
                percent(row.share()),
                digits(work.flops() / MEGA),
                digits(work.bytes() / MEGA),
                digits(row.flopsPerSecond() / GIGA),
                digits(row.bytesPerSecond() / GIGA),
                digits(work.intensity()),
                percent(row.shareOf(report.roof())));
    }

    /** The time between the ops. */
    public static List<String> between(ProfileReport report) {
        Timing between = report.between();
        return List.of(
                "between the ops",
                "",
                micros(between.median()),
                percent(between.spread()),
                percent(between.median() / report.step().median()),
                "",
                "",
                "",
                "",
                "",
                "");
    }

    /** The step as a whole. */
    public static List<String> step(ProfileReport report) {
        Timing step = report.step();
        Work work = report.work();
        double seconds = step.median() / GIGA;
        return List.of(
                "step",
                "",
                micros(step.median()),
                percent(step.spread()),
                percent(1),
                digits(work.flops() / MEGA),
                digits(work.bytes() / MEGA),
                digits(work.flops() / seconds / GIGA),
                digits(work.bytes() / seconds / GIGA),
                digits(work.intensity()),
                "");
    }

    /** What the machine can do at most. */
    public static String roof(ProfileReport report) {
        return String.format(
                Locale.ROOT,
                "%s GFLOP/s (%s), copy %s GB/s in memory, %s GB/s in cache; a call from Java %s ns",
                digits(report.roof().flopsPerSecond() / GIGA),
                report.roof().arithmetic(),
                digits(report.roof().memoryBytesPerSecond() / GIGA),
                digits(report.roof().cacheBytesPerSecond() / GIGA),
                digits(report.roof().callNanos()));
    }

    /** Whether the parts and the time between them add up to the step. */
    public static String sum(ProfileReport report) {
        return String.format(
                Locale.ROOT,
                "ops %s µs + between %s µs = step %s µs %s%%: %s (within %.0f%%)",
                micros(report.partsNanos()),
                micros(report.between().median()),
                micros(report.step().median()),
                Formats.signed(100 * report.deviation(), 1),
                report.addsUp() ? "adds up" : "does not add up",
                100 * ProfileReport.TOLERANCE);
    }

    /** What the figures are taken from. */
    public static String origin(ProfileReport report) {
        return String.format(
                Locale.ROOT,
                "Medians of the faster half of %,d steps (all of them: %s µs, middle half %s; unmeasured, as training runs them:"
                        + " %s µs).",
                report.subject().steps(),
                micros(report.allSteps().median()),
                percent(report.allSteps().spread()),
                micros(report.plain().median()));
    }

    private static String micros(double nanos) {
        double micros = nanos / KILO;
        return micros < 100 ? String.format(Locale.ROOT, "%.1f", micros) : String.format(Locale.ROOT, "%,.0f", micros);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, share < 0.0995 ? "%.1f%%" : "%.0f%%", 100 * share);
    }

    /** Three digits, more only before the point. */
    private static String digits(double value) {
        return String.format(
                Locale.ROOT, value < 1 ? "%.3f" : value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
