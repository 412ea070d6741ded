package dev.convoke.bench;

import dev.convoke.kernels.Kernels;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Our element-wise kernels at sizes beyond every cache, as a share of a memory copy: what a kernel moves in a second, its
 * tensors read and written once, by what {@code memcpy} moves. Copy and kernel take turns, so that both see the same machine;
 * the share is the median over the turns.
 *
 * <pre>
 * mvn -B -DskipTests package
 * java -cp 'bench/target/classes:bench/target/lib/*' dev.convoke.bench.CopyShare           # one thread, 64 MiB a tensor
 * java -cp 'bench/target/classes:bench/target/lib/*' dev.convoke.bench.CopyShare 2 128     # two threads, 128 MiB a tensor
 * </pre>
 */
public final class CopyShare {
    private static final int TURNS = 21;
    private static final int UNITS = 1024;
    private static final int HALF = 1 << 23; // keeps half of the values
    private static final double GIGA = 1e9;

    private final int threads;
    private final int count; // floats a tensor
    private final NativeMemory memory = new NativeMemory();
    private final FloatPointer x;
    private final FloatPointer y;
    private final FloatPointer z;
    private final Map<String, Kernel> kernels = new LinkedHashMap<>();

    /** A kernel and how many whole tensors it reads and writes. */
    private record Kernel(int tensors, Runnable work) {}

    private CopyShare(int threads, int count) {
        this.threads = threads;
        this.count = count;
        x = memory.signed(count);
        y = memory.signed(count);
        z = memory.signed(count);
        addElementWise();
        addOptimizers();
    }

    /**
     * Prints the table.
     *
     * @param arguments threads, default 1, and MiB a tensor, default 64
     */
    public static void main(String[] arguments) {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
        int mebibytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64;
        new CopyShare(threads, mebibytes << 18).print();
    }

    private void addElementWise() {
        int rows = count / UNITS;
        kernels.put("ReLU", new Kernel(2, () -> Kernels.activationForward(Kernels.RELU, x, y, count, 0, threads)));
        kernels.put(
                "ReLU in place", new Kernel(2, () -> Kernels.activationForward(Kernels.RELU, y, y, count, 0, threads)));
        kernels.put(
                "ReLU backward",
                new Kernel(3, () -> Kernels.activationBackward(Kernels.RELU, null, x, y, z, count, 0, threads)));
        kernels.put(
                "ReLU and dropout backward",
                new Kernel(3, () -> Kernels.reluDropoutBackward(x, y, z, count, 2, threads)));
        kernels.put(
                "leaky ReLU",
                new Kernel(2, () -> Kernels.activationForward(Kernels.LEAKY_RELU, x, y, count, 0.1f, threads)));
        kernels.put(
                "sigmoid", new Kernel(2, () -> Kernels.activationForward(Kernels.SIGMOID, x, y, count, 0, threads)));
        kernels.put("tanh", new Kernel(2, () -> Kernels.activationForward(Kernels.TANH, x, y, count, 0, threads)));
        kernels.put("GELU", new Kernel(2, () -> Kernels.activationForward(Kernels.GELU, x, y, count, 0, threads)));
        kernels.put(
                "dropout", new Kernel(2, () -> Kernels.dropout(x, y, rows, UNITS, 1, 1, 0, 0, 0, HALF, 2, threads)));
    }

    /** An update reads and writes parameters and its own arrays, and reads gradients. */
    private void addOptimizers() {
        FloatPointer square = memory.floats(count);
        DoublePointer penalty = memory.number();
        Kernels.Parameter range = memory.own(new Kernels.Parameter(1));
        range.length(count).rateFactor(1);
        Kernels.UpdateRule step = memory.own(new Kernels.UpdateRule())
                .gradientScale(1)
                .learningRate(1e-6f)
                .step(1)
                .nesterov(0)
                .momentum(0)
                .rho(0.9f)
                .beta1(0.9f)
                .beta2(0.999f)
                .epsilon(1e-7f);
        kernels.put("SGD", new Kernel(3, () -> {
            step.kind(Kernels.SGD);
            Kernels.parametersUpdate(step, x, y, null, null, null, range, 1, penalty, threads);
        }));
        kernels.put("Adam", new Kernel(7, () -> {
            step.kind(Kernels.ADAM);
            Kernels.parametersUpdate(step, x, y, z, square, null, range, 1, penalty, threads);
        }));
    }

    private void print() {
        System.out.printf(
                Locale.ROOT,
                "%s, %d thread%s, %d MiB a tensor, %d turns%n%n",
                Kernels.instructionSet(),
                threads,
                threads == 1 ? "" : "s",
                count >> 18,
                TURNS);
        System.out.printf(Locale.ROOT, "%-26s %8s %8s %8s   %s%n", "kernel", "GB/s", "copy", "share", "middle half");
        kernels.forEach(this::measure);
        memory.close();
    }

    private void measure(String name, Kernel kernel) {
        double[] shares = new double[TURNS];
        double[] rates = new double[TURNS];
        double[] copies = new double[TURNS];
        kernel.work().run();
        for (int turn = 0; turn < TURNS; turn++) {
            copies[turn] = rate(2, () -> Kernels.measureCopy(x, z, count, 1, threads));
            rates[turn] = rate(kernel.tensors(), kernel.work());
            shares[turn] = rates[turn] / copies[turn];
        }
        Arrays.sort(shares);
        Arrays.sort(rates);
        Arrays.sort(copies);
        System.out.printf(
                Locale.ROOT,
                "%-26s %8.1f %8.1f %7.0f%%   %.0f%% to %.0f%%%n",
                name,
                rates[TURNS / 2],
                copies[TURNS / 2],
                100 * shares[TURNS / 2],
                100 * shares[TURNS / 4],
                100 * shares[TURNS - 1 - TURNS / 4]);
    }

    /** GB/s. */
    private double rate(int tensors, Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (double) tensors * count * Float.BYTES / (System.nanoTime() - begin) * 1e9 / GIGA;
    }
}
