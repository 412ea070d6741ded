package dev.convoke.report.profile;

import dev.convoke.backend.Roof;
import dev.convoke.backend.StepProfile;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A profiled run. Steps that other processes disturbed are not representative: the times of the parts are those of the
 * faster half of the steps; {@code allSteps} covers all.
 *
 * @param subject what was measured
 * @param roof peak performance of the machine
 * @param rows the parts of a step, in the order in which they ran
 * @param between time between the parts of a step: Java code and calls
 * @param step total time of a step, of the faster half
 * @param allSteps total time of a step, of all measured steps
 * @param plain time of an uninstrumented step, including its share of per-range preparation
 */
public record ProfileReport(
        ProfiledRun subject,
        Roof roof,
        List<ProfileRow> rows,
        Timing between,
        Timing step,
        Timing allSteps,
        Timing plain) {
    /** Allowed difference between the sum of the parts' medians and the median of the step; it reveals unmeasured parts. */
    public static final double TOLERANCE = 0.05;

    public ProfileReport {
        rows = List.copyOf(rows);
    }

    /**
     * What was measured.
     *
     * @param run of the suite
     * @param device the backend's name
     * @param detail what its probe found
     * @param processor the machine's own name for it
     * @param precision as the command line names it
     * @param kernels as the command line names the choice
     * @param steps measured
     * @param warmUp steps trained before
     * @param command that gives it again
     */
    public record ProfiledRun(
            String run,
            String dataset,
            String device,
            String detail,
            String processor,
            int batch,
            String precision,
            int threads,
            String kernels,
            int steps,
            int warmUp,
            String version,
            String command) {}

    /**
     * Computes the report.
     *
     * @param plainNanos of uninstrumented steps
     */
    public static ProfileReport of(
            ProfiledRun subject, Roof roof, StepProfile profile, long[] plainNanos, WorkModel model) {
        int[] calm = fasterHalf(profile.stepNanos());
        Timing step = Timing.of(profile.stepNanos(), calm);
        List<ProfileRow> rows = profile.parts().stream()
                .map(part -> row(part, calm, step, model))
                .toList();
        Timing between = Timing.of(between(profile), calm);
        return new ProfileReport(
                subject,
                roof,
                rows,
                between,
                step,
                Timing.of(profile.stepNanos()),
                Timing.of(plainNanos, fasterHalf(plainNanos)));
    }

    /** Indices of the faster half of the steps, at least one. */
    private static int[] fasterHalf(long[] stepNanos) {
        return IntStream.range(0, stepNanos.length)
                .boxed()
                .sorted(Comparator.comparingLong(step -> stepNanos[step]))
                .limit((stepNanos.length + 1) / 2)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static ProfileRow row(StepProfile.Part part, int[] calm, Timing step, WorkModel model) {
        Timing nanos = Timing.of(part.nanos(), calm);
        return new ProfileRow(
                part.name(), part.pass(), part.kernels(), nanos, nanos.median() / step.median(), model.of(part));
    }

    /** Of each step the time before, between and after its parts, from their marks. */
    private static long[] between(StepProfile profile) {
        long[] between = new long[profile.stepNanos().length];
        for (int step = 0; step < between.length; step++) {
            long end = 0;
            for (StepProfile.Part part : profile.parts()) {
                between[step] += part.startNanos()[step] - end;
                end = part.startNanos()[step] + part.nanos()[step];
            }
            between[step] += profile.stepNanos()[step] - end;
        }
        return between;
    }

    /** The medians of all parts together, nanoseconds. */
    public double partsNanos() {
        return rows.stream().mapToDouble(row -> row.nanos().median()).sum();
    }

    /** Relative difference between the step and the sum of its parts and the time between them. */
    public double deviation() {
        return (partsNanos() + between.median()) / step.median() - 1;
    }

    /** Whether the parts and the time between them add up to the step, within {@link #TOLERANCE}. */
    public boolean addsUp() {
        return Math.abs(deviation()) <= TOLERANCE;
    }

    /** In uninstrumented training. */
    public double imagesPerSecond() {
        return 1e9 * subject.batch() / plain.median();
    }

    /** Work of a whole step. */
    public Work work() {
        return rows.stream().map(ProfileRow::work).reduce(new Work(0, 0), Work::plus);
    }
}
