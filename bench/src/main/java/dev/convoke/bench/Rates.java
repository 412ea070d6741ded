package dev.convoke.bench;

import dev.convoke.report.profile.Work;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Additional counters of a benchmark. In throughput mode per second these are GFLOP/s, GB/s and images/s; FLOPs and bytes
 * are by the models of docs/profiling.md.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Rates {
    private static final double GIGA = 1e9;

    /** Floating-point operations, in units of 1e9. */
    public double gflop;

    /** Bytes read and written, in units of 1e9. */
    public double gbyte;

    /** Images. */
    public double images;

    /** Starts an iteration's counts. */
    @Setup(Level.Iteration)
    public void reset() {
        gflop = 0;
        gbyte = 0;
        images = 0;
    }

    void add(Work work, int batch) {
        gflop += work.flops() / GIGA;
        gbyte += work.bytes() / GIGA;
        images += batch;
    }
}
