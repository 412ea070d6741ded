package dev.convoke.bench;

import dev.convoke.backend.Execution;
import dev.convoke.backend.Session;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.cpu.CpuBackend;
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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole training steps of the report's models: gather, warp, forward, backward, optimizer. Images are the bundled digits, so
 * that nothing is downloaded; weights move on from step to step, so the share of live pooling windows is that of training.
 * An operation is a step; {@code images} is images/s, {@code gflop} and {@code gbyte} are GFLOP/s and GB/s.
 *
 * <p>With {@code -prof gc} the few bytes of {@code gc.alloc.rate.norm} are those of a range of ten steps, whose sums are
 * handed back, and of JMH; a step makes none, which {@code CpuSessionTest.aStepMakesNoJavaObjects} tests.
 *
 * <pre>
 * mvn -B -DskipTests package
 * java -cp 'bench/target/classes:bench/target/lib/*' org.openjdk.jmh.Main TrainingStep -p batch=32 -p augmentation=false -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TrainingStepBenchmark {
    private static final int STEPS = 10;

    /** A run of the suite {@code report}. */
    @Param({"base-adam", "batch-norm", "four-blocks", "two-blocks"})
    public String run = "base-adam";

    /** Images a step. */
    @Param({"1", "32", "128", "1024"})
    public int batch = 32;

    /** Kernels for the fused groups. */
    @Param({"OWN", "LIBRARY"})
    public Execution.KernelChoice kernels = Execution.KernelChoice.OWN;

    /** Whether images are warped as the report's are. */
    @Param({"false", "true"})
    public boolean augmentation;

    /** Number format: FLOAT32 or BFLOAT16. */
    @Param("FLOAT32")
    public Precision precision = Precision.FLOAT32;

    /** CPU threads. */
    @Param("1")
    public int threads = 1;

    private @Nullable Session session;
    private Work work = new Work(0, 0); // of ten steps
    private int epoch;

    /** Opens a session on the bundled digits. */
    @Setup
    public void open() {
        Execution execution = new Execution(threads, precision, kernels);
        BenchmarkCase benchmarkCase = BenchmarkCase.of(
                run, batch, execution, augmentation ? BenchmarkCase.Images.WARPED : BenchmarkCase.Images.PLAIN);
        session = new CpuBackend().open(benchmarkCase.request(execution));
        for (StepProfile.Part part : session.profile(epoch++, 0, 1).parts()) {
            Work one = benchmarkCase.work().of(part);
            work = new Work(work.flops() + STEPS * one.flops(), work.bytes() + STEPS * one.bytes());
        }
    }

    /** Gives the session's memory back. */
    @TearDown
    public void close() {
        Objects.requireNonNull(session).close();
    }

    /** Ten steps, all of one epoch's order. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public Object step(Rates rates) {
        rates.add(work, STEPS * batch);
        return Objects.requireNonNull(session).train(epoch++, 0, STEPS);
    }
}
