package dev.convoke.bench;

import dev.convoke.kernels.Kernels;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.pipeline.EpochOrder;
import dev.convoke.pipeline.Warp;
import dev.convoke.report.profile.Work;
import dev.convoke.sweep.Suites;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
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
 * Input pipeline from the data set to a batch, 60,000 images of 28x28 with one channel: gathering, the report's warp,
 * elastic distortion; and the computation in Java of an epoch's order and warp coefficients. {@code images} is images/s.
 *
 * <pre>
 * mvn -B -DskipTests package
 * java -cp 'bench/target/classes:bench/target/lib/*' org.openjdk.jmh.Main PipelineBenchmark -p batch=32 -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class PipelineBenchmark {
    private static final int SIDE = 28;
    private static final int PIXELS = SIDE * SIDE;
    private static final int IMAGES = 60_000;
    private static final int SEED = 1;
    private static final int GRAYS = 256;
    private static final Augmentation.Elastic ELASTIC = new Augmentation.Elastic(34, 4);

    /** Images, N. */
    @Param({"1", "32", "128", "1024"})
    public int batch = 32;

    /** CPU threads. */
    @Param("1")
    public int threads = 1;

    private final NativeMemory memory = new NativeMemory();
    private final int[] order = new int[IMAGES];
    private int epoch;
    private @Nullable Warp warp;
    private float[] coefficients = new float[0]; // [N, 6]
    private @Nullable Buffers buffers;

    /** Operands. */
    private static final class Buffers {
        final BytePointer images; // [60000, 28, 28, 1]
        final IntPointer indices; // [N]
        final FloatPointer affine; // [N, 6]
        final FloatPointer taps;
        final FloatPointer field; // [N, 2, 28, 28]
        final BytePointer workspace;
        final FloatPointer batch; // [N, 28, 28, 1]

        Buffers(NativeMemory memory, int count, int threads) {
            images = memory.randomBytes(IMAGES * PIXELS, GRAYS);
            indices = memory.ints(count, IMAGES);
            affine = memory.floats((long) count * Warp.COEFFICIENTS);
            taps = memory.floats(ELASTIC.taps().length);
            taps.put(ELASTIC.taps());
            field = memory.floats(2L * count * PIXELS);
            workspace = memory.bytes(Math.max(
                    Kernels.augmentWorkspaceBytes(SIDE, SIDE, 1, threads),
                    Kernels.elasticFieldWorkspaceBytes(SIDE, SIDE, threads)));
            batch = memory.floats((long) count * PIXELS);
        }
    }

    /** Fills the data set and draws a batch's warps. */
    @Setup
    public void fill() {
        Augmentation changes = Suites.run("base-adam").settings().training().augmentation();
        warp = new Warp(changes, SEED, SIDE, SIDE);
        coefficients = new float[batch * Warp.COEFFICIENTS];
        buffers = new Buffers(memory, batch, threads);
        drawWarps(new Rates());
        of().affine.put(coefficients);
        elasticField(new Rates());
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        memory.close();
    }

    private Buffers of() {
        return Objects.requireNonNull(buffers);
    }

    private void count(Rates rates, double flops, double bytes) {
        double pixels = (double) batch * PIXELS;
        rates.add(new Work(flops * pixels, bytes * pixels), batch);
    }

    /** Bytes to floats in an order. */
    @Benchmark
    public void gather(Rates rates) {
        Kernels.gather(of().images, of().indices, batch, PIXELS, of().batch, threads);
        count(rates, 1, 5);
    }

    /** The same with rotation, shift, shear and zoom in one affine pass. */
    @Benchmark
    public void augment(Rates rates) {
        warp(null);
        count(rates, 24, 5);
    }

    /** The same with a displacement of each pixel besides. */
    @Benchmark
    public void augmentElastic(Rates rates) {
        warp(of().field);
        count(rates, 26, 13);
    }

    private void warp(@Nullable FloatPointer displacement) {
        Kernels.augment(
                of().images,
                SIDE,
                SIDE,
                1,
                of().indices,
                batch,
                of().affine,
                null,
                displacement,
                null,
                0,
                of().workspace,
                of().batch,
                threads);
    }

    /** Displacements: noise, blurred along rows and columns. */
    @Benchmark
    public void elasticField(Rates rates) {
        Kernels.elasticField(
                SEED,
                epoch,
                0,
                batch,
                SIDE,
                SIDE,
                (float) ELASTIC.alpha(),
                of().taps,
                ELASTIC.radius(),
                of().workspace,
                of().field,
                threads);
        count(rates, 8 * ELASTIC.taps().length, 8);
    }

    /** The coefficients of a batch's warps, in Java. */
    @Benchmark
    public float[] drawWarps(Rates rates) {
        for (int i = 0; i < batch; i++) {
            Objects.requireNonNull(warp).affine(epoch, i, coefficients, i * Warp.COEFFICIENTS);
        }
        rates.images += batch;
        return coefficients;
    }

    /** The order of an epoch of 60,000 images, in Java, whatever the batch. */
    @Benchmark
    public int[] shuffle(Rates rates) {
        EpochOrder.fill(SEED, epoch++, order);
        rates.images += IMAGES;
        return order;
    }
}
