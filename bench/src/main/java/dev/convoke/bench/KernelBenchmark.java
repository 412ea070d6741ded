package dev.convoke.bench;

import dev.convoke.kernels.Kernels;
import dev.convoke.report.profile.Work;
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
 * Our own kernels by themselves, float32, on maps of the base network's second block, 12x12 of 64 channels: activation,
 * dropout, pooling and batch normalization, forward and backward, and the loss over ten classes. {@code gflop}, {@code gbyte}
 * and {@code images} are GFLOP/s, GB/s and images/s.
 *
 * <pre>
 * mvn -B -DskipTests package
 * java -cp 'bench/target/classes:bench/target/lib/*' org.openjdk.jmh.Main KernelBenchmark -p batch=32 -prof gc
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
    private static final int SIDE = 12;
    private static final int CHANNELS = 64;
    private static final int CLASSES = 10;
    private static final int SEED = 1;
    private static final int HALF = 1 << 23; // keeps half of the values
    private static final float FLOAT = Float.BYTES;

    /** Images, N. */
    @Param({"1", "32", "128", "1024"})
    public int batch = 32;

    /** CPU threads. */
    @Param("1")
    public int threads = 1;

    private final NativeMemory memory = new NativeMemory();
    private @Nullable Buffers buffers;
    private Work perValue = new Work(0, 0);

    /** Operands, all of shape [N, 12, 12, 64] but for those that say otherwise. */
    private static final class Buffers {
        final long values;
        final FloatPointer x;
        final FloatPointer y;
        final FloatPointer dy;
        final FloatPointer dx;
        final FloatPointer pooled; // [N, 6, 6, 64]
        final BytePointer codes; // [N, 6, 6, 64]
        final FloatPointer scale; // [64], as are the seven below
        final FloatPointer shift;
        final FloatPointer mean;
        final FloatPointer deviation;
        final FloatPointer runningMean;
        final FloatPointer runningVariance;
        final FloatPointer scaleGradient;
        final FloatPointer shiftGradient;
        final BytePointer workspace;
        final FloatPointer logits; // [N, 10]
        final FloatPointer logitsGradient; // [N, 10]
        final FloatPointer losses; // [N]
        final FloatPointer metrics; // [N, 2]
        final IntPointer classes; // [N]
        final Kernels.Loss softmax;
        final Kernels.PoolingShape window;

        Buffers(NativeMemory memory, int batch) {
            values = (long) batch * SIDE * SIDE * CHANNELS;
            x = memory.signed(values);
            y = memory.signed(values);
            dy = memory.signed(values);
            dx = memory.floats(values);
            pooled = memory.signed(values / 4);
            codes = memory.bytes(values / 4);
            scale = memory.signed(CHANNELS);
            shift = memory.signed(CHANNELS);
            mean = memory.signed(CHANNELS);
            deviation = memory.signed(CHANNELS);
            runningMean = memory.signed(CHANNELS);
            runningVariance = memory.floats(CHANNELS);
            scaleGradient = memory.floats(CHANNELS);
            shiftGradient = memory.floats(CHANNELS);
            workspace = memory.bytes(Kernels.batchNormWorkspaceBytes(CHANNELS));
            logits = memory.signed((long) batch * CLASSES);
            logitsGradient = memory.floats((long) batch * CLASSES);
            losses = memory.floats(batch);
            metrics = memory.floats(2L * batch);
            classes = memory.ints(batch, CLASSES);
            softmax = memory.own(new Kernels.Loss())
                    .kind(Kernels.SOFTMAX_CROSS_ENTROPY)
                    .outputs(CLASSES)
                    .topK(1);
            window = memory.own(new Kernels.PoolingShape())
                    .count(batch)
                    .height(SIDE)
                    .width(SIDE)
                    .channels(CHANNELS)
                    .outputHeight(SIDE / 2)
                    .outputWidth(SIDE / 2)
                    .windowHeight(2)
                    .windowWidth(2)
                    .strideHeight(2)
                    .strideWidth(2)
                    .padTop(0)
                    .padLeft(0);
        }
    }

    /** Fills the operands. */
    @Setup
    public void fill() {
        buffers = new Buffers(memory, batch);
        perValue = new Work(buffers.values, FLOAT * buffers.values);
        poolingForward(new Rates()); // leaves codes behind
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        memory.close();
    }

    private Buffers of() {
        return Objects.requireNonNull(buffers);
    }

    /** Counts {@code flops} operations and {@code tensors} whole tensors a value. */
    private void count(Rates rates, double flops, double tensors) {
        rates.add(new Work(perValue.flops() * flops, perValue.bytes() * tensors), batch);
    }

    /** ReLU. */
    @Benchmark
    public void reluForward(Rates rates) {
        Kernels.activationForward(Kernels.RELU, of().x, of().y, of().values, 0, threads);
        count(rates, 1, 2);
    }

    /** Gradient through ReLU. */
    @Benchmark
    public void reluBackward(Rates rates) {
        Kernels.activationBackward(Kernels.RELU, null, of().x, of().dy, of().dx, of().values, 0, threads);
        count(rates, 1, 3);
    }

    /** GELU: the dearest activation. */
    @Benchmark
    public void geluForward(Rates rates) {
        Kernels.activationForward(Kernels.GELU, of().x, of().y, of().values, 0, threads);
        count(rates, 1, 2);
    }

    /** Gradient through GELU. */
    @Benchmark
    public void geluBackward(Rates rates) {
        Kernels.activationBackward(Kernels.GELU, of().x, null, of().dy, of().dx, of().values, 0, threads);
        count(rates, 1, 3);
    }

    /** Dropout, whose backward pass is the same call on gradients: a Philox word a value. */
    @Benchmark
    public void dropout(Rates rates) {
        Kernels.dropout(of().x, of().y, batch, SIDE * SIDE * CHANNELS, 1, SEED, 0, 0, 0, HALF, 2, threads);
        count(rates, 1, 2);
    }

    /** Gradient through ReLU and dropout, read off the output. */
    @Benchmark
    public void reluDropoutBackward(Rates rates) {
        Kernels.reluDropoutBackward(of().x, of().dy, of().dx, of().values, 2, threads);
        count(rates, 1, 3);
    }

    /** Max pooling 2x2. */
    @Benchmark
    public void poolingForward(Rates rates) {
        Kernels.maxPoolForward(of().window, of().x, of().pooled, of().codes, threads);
        count(rates, 1, 1.25);
    }

    /** Gradient through max pooling. */
    @Benchmark
    public void poolingBackward(Rates rates) {
        Kernels.maxPoolBackward(of().window, of().pooled, of().codes, of().dx, threads);
        count(rates, 0.25, 1.25);
    }

    /** Average pooling 2x2. */
    @Benchmark
    public void averageForward(Rates rates) {
        Kernels.averagePoolForward(of().window, of().x, of().pooled, threads);
        count(rates, 1, 1.25);
    }

    /** Gradient through average pooling. */
    @Benchmark
    public void averageBackward(Rates rates) {
        Kernels.averagePoolBackward(of().window, of().pooled, of().dx, threads);
        count(rates, 1, 1.25);
    }

    /** Batch normalization in training. */
    @Benchmark
    public void normalizationForward(Rates rates) {
        Kernels.batchNormForward(
                of().x,
                of().values / CHANNELS,
                CHANNELS,
                of().scale,
                of().shift,
                1e-3f,
                0.99f,
                Kernels.UNBIASED,
                of().runningMean,
                of().runningVariance,
                of().mean,
                of().deviation,
                of().y,
                of().workspace,
                threads);
        count(rates, 8, 2);
    }

    /** Gradient through batch normalization. */
    @Benchmark
    public void normalizationBackward(Rates rates) {
        Kernels.batchNormBackward(
                of().x,
                of().dy,
                of().values / CHANNELS,
                CHANNELS,
                of().scale,
                of().mean,
                of().deviation,
                of().scaleGradient,
                of().shiftGradient,
                of().dx,
                of().workspace,
                threads);
        count(rates, 11, 3);
    }

    /** Softmax cross-entropy with its gradient. */
    @Benchmark
    public void loss(Rates rates) {
        Kernels.lossRun(
                of().softmax,
                of().logits,
                of().classes,
                null,
                batch,
                1f / batch,
                of().logitsGradient,
                of().losses,
                of().metrics,
                null,
                null,
                null,
                threads);
        double logits = (double) batch * CLASSES;
        rates.add(new Work(7 * logits, 2 * FLOAT * logits), batch);
    }
}
