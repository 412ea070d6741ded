package dev.convoke.bench;

import dev.convoke.backend.Execution;
import dev.convoke.backend.Session;
import dev.convoke.backend.cpu.CpuBackend;
import dev.convoke.datasets.ImageSet;
import dev.convoke.plan.Precision;
import dev.convoke.report.profile.Work;
import dev.convoke.train.Flops;
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
 * Inference with the report's networks: gather, forward, loss and argmax of the bundled digits' training images, in
 * batches. {@code images} is images/s; {@code gbyte} is not counted.
 *
 * <pre>
 * mvn -B -DskipTests package
 * java -cp 'bench/target/classes:bench/target/lib/*' org.openjdk.jmh.Main InferenceBenchmark -p batch=1,256
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class InferenceBenchmark {
    /** A run of the suite {@code report}. */
    @Param({"base-adam", "batch-norm", "four-blocks", "two-blocks"})
    public String run = "base-adam";

    /** Batch size. */
    @Param({"1", "32", "128", "256", "1024"})
    public int batch = 256;

    /** Kernels for the fused groups. */
    @Param({"OWN", "LIBRARY"})
    public Execution.KernelChoice kernels = Execution.KernelChoice.OWN;

    /** Number format: FLOAT32 or BFLOAT16. */
    @Param("FLOAT32")
    public Precision precision = Precision.FLOAT32;

    /** CPU threads. */
    @Param("1")
    public int threads = 1;

    private @Nullable Session session;
    private @Nullable ImageSet images;
    private Work work = new Work(0, 0);

    /** Opens a session with initial weights; the speed does not depend on the weights. */
    @Setup
    public void open() {
        Execution execution = new Execution(threads, precision, kernels);
        BenchmarkCase benchmarkCase = BenchmarkCase.of(run, batch, batch, execution, BenchmarkCase.Images.PLAIN);
        images = benchmarkCase.images();
        work = new Work((double) Flops.forward(benchmarkCase.program().evaluation()) * images.count(), 0);
        session = new CpuBackend().open(benchmarkCase.request(execution));
    }

    /** Gives the session's memory back. */
    @TearDown
    public void close() {
        Objects.requireNonNull(session).close();
    }

    /** Evaluates a whole image set. */
    @Benchmark
    public Object evaluate(Rates rates) {
        ImageSet all = Objects.requireNonNull(images);
        rates.add(work, all.count());
        return Objects.requireNonNull(session).evaluate(all);
    }
}
