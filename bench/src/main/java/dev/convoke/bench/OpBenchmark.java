package dev.convoke.bench;

import dev.convoke.backend.Execution;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.StepProfile.Pass;
import dev.convoke.backend.cpu.CpuPartRunner;
import dev.convoke.plan.Precision;
import dev.convoke.report.profile.Work;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
 * Single ops of the report's networks, forward and backward: each convolution with its ReLU and pooling by our fused
 * kernels and by oneDNN, dense layers with ReLU and dropout, batch normalization. Operands are those of a real step after
 * eight steps of training, so the share of live windows is that of early training; they are in the caches, since nothing
 * else runs. {@code gflop}, {@code gbyte} and {@code images} are GFLOP/s, GB/s and images/s.
 *
 * <pre>
 * mvn -B -DskipTests package
 * java -cp 'bench/target/classes:bench/target/lib/*' org.openjdk.jmh.Main OpBenchmark -p batch=32 -prof gc
 * java -cp 'bench/target/classes:bench/target/lib/*' org.openjdk.jmh.Main OpBenchmark.backward -p op=base-adam/conv2 -p batch=1,32,128,1024
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class OpBenchmark {
    private static final int WARM_UP = 8;

    /** A run of the suite {@code report} and the op's first layer. The four networks' distinct shapes. */
    @Param({
        "base-adam/conv1",
        "base-adam/conv2",
        "base-adam/conv3",
        "base-adam/dense1",
        "base-adam/logits",
        "batch-norm/batch_norm",
        "four-blocks/conv1",
        "four-blocks/conv2",
        "four-blocks/conv3",
        "four-blocks/conv4",
        "four-blocks/dense1",
        "two-blocks/conv1",
        "two-blocks/conv2",
        "two-blocks/dense1"
    })
    public String op = "base-adam/conv1";

    /** Images a step. */
    @Param({"1", "32", "128", "1024"})
    public int batch = 32;

    /** Kernels for the fused groups. */
    @Param({"OWN", "LIBRARY"})
    public Execution.KernelChoice kernels = Execution.KernelChoice.OWN;

    /** Number format: FLOAT32 or BFLOAT16. */
    @Param("FLOAT32")
    public Precision precision = Precision.FLOAT32;

    /** CPU threads. */
    @Param("1")
    public int threads = 1;

    private @Nullable BenchmarkCase benchmarkCase;
    private @Nullable CpuPartRunner runner;

    /** Trains a few steps of the op's run. */
    @Setup
    public void open() {
        Execution execution = new Execution(threads, precision, kernels);
        benchmarkCase = BenchmarkCase.of(run(), batch, execution, BenchmarkCase.Images.PLAIN);
        runner = new CpuPartRunner(benchmarkCase.request(execution), WARM_UP);
    }

    private String run() {
        return op.substring(0, op.indexOf('/'));
    }

    /** Gives the session's memory back. */
    @TearDown
    public void close() {
        Objects.requireNonNull(runner).close();
    }

    /** The op on its way forward or back, and its work. */
    abstract static class Selected {
        private @Nullable CpuPartRunner runner;
        private Work work = new Work(0, 0);
        private int batch;

        void select(OpBenchmark benchmark, Pass pass) {
            String layer = benchmark.op.substring(benchmark.op.indexOf('/') + 1);
            runner = Objects.requireNonNull(benchmark.runner);
            StepProfile.Part part = runner.select(layer, pass);
            work = Objects.requireNonNull(benchmark.benchmarkCase).work().of(part);
            batch = benchmark.batch;
        }

        void run(Rates rates) {
            Objects.requireNonNull(runner).run();
            rates.add(work, batch);
        }
    }

    /** The op on its way forward. */
    @State(Scope.Thread)
    public static class Forward extends Selected {
        /** Runs the step up to the op. */
        @Setup
        public void select(OpBenchmark benchmark) {
            select(benchmark, Pass.FORWARD);
        }
    }

    /** The op on its way back. */
    @State(Scope.Thread)
    public static class Backward extends Selected {
        /** Runs the step up to the op. */
        @Setup
        public void select(OpBenchmark benchmark) {
            select(benchmark, Pass.BACKWARD);
        }
    }

    /** Forward. */
    @Benchmark
    public void forward(Forward selected, Rates rates) {
        selected.run(rates);
    }

    /** Gradients of the parameters, and of the input if it is needed. */
    @Benchmark
    public void backward(Backward selected, Rates rates) {
        selected.run(rates);
    }
}
