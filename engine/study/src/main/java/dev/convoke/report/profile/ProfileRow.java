package dev.convoke.report.profile;

import dev.convoke.backend.Roof;
import dev.convoke.backend.StepProfile.Pass;

/**
 * One part of a step over all steps measured.
 *
 * @param name the ops' names, joined with a plus sign
 * @param kernels description of its kernels
 * @param nanos time
 * @param share of the step's median, 0 to 1
 */
public record ProfileRow(String name, Pass pass, String kernels, Timing nanos, double share, Work work) {
    public double flopsPerSecond() {
        return 1e9 * work.flops() / nanos.median();
    }

    public double bytesPerSecond() {
        return 1e9 * work.bytes() / nanos.median();
    }

    /** What was attained of what {@code roof} allows, 1 for all of it; more where a kernel needs fewer FLOPs than counted. */
    public double shareOf(Roof roof) {
        return flopsPerSecond() / roof.attainable(work.flops(), work.bytes());
    }
}
