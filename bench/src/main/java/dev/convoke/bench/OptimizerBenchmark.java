package dev.convoke.bench;

import dev.convoke.kernels.Kernels;
import dev.convoke.report.profile.Work;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One update of all parameters: for the size of the base network, and for a size larger than all caches. {@code gflop} and
 * {@code gbyte} are GFLOP/s and GB/s.
 *
 * <pre>
 * mvn -B -DskipTests package
 * java -cp 'bench/target/classes:bench/target/lib/*' org.openjdk.jmh.Main OptimizerBenchmark -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class OptimizerBenchmark {
    private static final float RATE = 1e-3f;

    /** Which update rule, with what it does for each parameter. */
    public enum Rule {
        SGD(2, 3),
        MOMENTUM(4, 5),
        RMSPROP(8, 5),
        ADAM(12, 7),
        ADAMW(14, 7);

        private final int flops;
        private final int tensors; // read or written

        Rule(int flops, int tensors) {
            this.flops = flops;
            this.tensors = tensors;
        }

        private Kernels.UpdateRule step() {
            Kernels.UpdateRule step = new Kernels.UpdateRule()
                    .gradientScale(1)
                    .learningRate(RATE)
                    .step(1)
                    .nesterov(0)
                    .momentum(this == MOMENTUM ? 0.9f : 0)
                    .rho(0.9f)
                    .beta1(0.9f)
                    .beta2(0.999f)
                    .epsilon(1e-7f);
            return switch (this) {
                case SGD, MOMENTUM -> step.kind(Kernels.SGD);
                case RMSPROP -> step.kind(Kernels.RMSPROP);
                case ADAM -> step.kind(Kernels.ADAM);
                case ADAMW -> step.kind(Kernels.ADAMW);
            };
        }
    }

    /** Update rule. */
    @Param
    public Rule rule = Rule.ADAM;

    /** Parameters in one range. */
    @Param({"159626", "16777216"})
    public int parameters = 159_626;

    /** CPU threads. */
    @Param("1")
    public int threads = 1;

    private final NativeMemory memory = new NativeMemory();
    private Work work = new Work(0, 0);
    private Kernels.@Nullable UpdateRule step;
    private Kernels.@Nullable Parameter range;
    private @Nullable FloatPointer weights;
    private @Nullable FloatPointer gradients;
    private @Nullable FloatPointer mean;
    private @Nullable FloatPointer square;
    private @Nullable DoublePointer penalty;

    /** Fills parameters and gradients. */
    @Setup
    public void fill() {
        step = memory.own(rule.step());
        range = memory.own(new Kernels.Parameter(1));
        range.length(parameters).rateFactor(1).weightDecay(rule == Rule.ADAMW ? 0.004f : 0);
        weights = memory.signed(parameters);
        gradients = memory.signed(parameters);
        mean = memory.floats(parameters);
        square = memory.floats(parameters);
        penalty = memory.number();
        work = new Work((double) parameters * rule.flops, (double) parameters * Float.BYTES * rule.tensors);
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        memory.close();
    }

    /** One update. */
    @Benchmark
    public void update(Rates rates) {
        Kernels.parametersUpdate(
                Objects.requireNonNull(step),
                Objects.requireNonNull(weights),
                Objects.requireNonNull(gradients),
                mean,
                square,
                null,
                Objects.requireNonNull(range),
                1,
                penalty,
                threads);
        rates.add(work, 0);
    }
}
