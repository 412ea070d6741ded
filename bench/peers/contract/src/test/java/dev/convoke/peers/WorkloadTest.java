package dev.convoke.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is handed to a peer arrives. */
class WorkloadTest {
    private static final long WORK_NANOS = 20_000_000;

    private static final Layer.Window WINDOW = new Layer.Window(3, 5, 2, 1, 1, 2, 0, 1, 1, 2);
    private static final List<Layer> LAYERS = List.of(
            new Layer.Convolution("conv 1, wide", 1, 2, 1, WINDOW, true),
            new Layer.Activation("relu1", Layer.Function.RELU, 0.3),
            new Layer.Convolution("depth", 2, 2, 2, Layer.Window.square(3, 1, 1), false),
            new Layer.Activation("leaky", Layer.Function.LEAKY_RELU, 0.25),
            new Layer.Add("sum"),
            new Layer.Concatenate("both"),
            new Layer.Pooling("pool1", Layer.Reduction.MAX, Layer.Window.square(2, 2, 0)),
            new Layer.Pooling("pool2", Layer.Reduction.AVERAGE, WINDOW),
            new Layer.GlobalPooling("mean", Layer.Reduction.AVERAGE),
            new Layer.BatchNormalization("batch_norm", 2, 0.99, 1e-3),
            new Layer.Flatten("flatten", 2, 1, 1),
            new Layer.Dropout("dropout", 0.5),
            new Layer.Dense("hidden", 2, 2, false),
            new Layer.Dense("logits", 2, 3, true));

    /** Each reads the one before it, and the last both ends. */
    private static final List<Node> NODES = nodes();

    private static List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        String last = Node.INPUT;
        for (Layer layer : LAYERS) {
            nodes.add(new Node(layer, layer.name().equals("sum") ? List.of(last, "relu1") : List.of(last)));
            last = layer.name();
        }
        return nodes;
    }

    private static Workload workload() {
        return new Workload(
                "base",
                NODES,
                List.of(new Weights("logits/kernel", new int[] {3, 2}, new float[] {1, -2, 3.5f, 4, 5, 6})),
                2,
                1,
                2,
                new byte[] {0, (byte) 255, 51, 102},
                new byte[] {2, (byte) 200},
                3,
                0.001f,
                new byte[] {7});
    }

    @Test
    void aFileGivesWhatWasWritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("case.work");
        workload().write(file);
        Workload read = Workload.read(file);
        assertEquals(NODES, read.nodes());
        assertArrayEquals(
                workload().weights("logits/kernel").values(),
                read.weights("logits/kernel").values());
        assertArrayEquals(new int[] {3, 2}, read.weights("logits/kernel").shape());
        assertArrayEquals(workload().pixels(), read.pixels());
        assertEquals(200, read.label(1));
        assertEquals(1, read.steps());
        assertArrayEquals(new byte[] {7}, read.onnx());
    }

    @Test
    void pixelsAreScaledToOne() {
        float[] values = new float[4];
        workload().scale(0, values);
        assertArrayEquals(new float[] {0, 1, 0.2f, 0.4f}, values);
    }

    @Test
    void withoutDropoutNothingElseChanges() {
        Workload kept = workload().withoutDropout();
        assertEquals(new Layer.Dropout("dropout", 0), kept.nodes().get(11).layer());
        assertEquals(NODES.subList(12, NODES.size()), kept.nodes().subList(12, NODES.size()));
    }

    @Test
    void aSumOfTwoLayersIsNoChain() {
        assertFalse(workload().isChain());
    }

    @Test
    void anotherVersionsFileIsRefusedInOneLine(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("old.work");
        Files.write(file, new byte[] {0, 4, 'b', 'a', 's', 'e'});
        IOException refused = assertThrows(IOException.class, () -> Workload.read(file));
        assertTrue(refused.getMessage().contains("another version"), refused.getMessage());
    }

    /** 28 rows, windows of 3, every second: 14 windows reach 29 rows, so that one zero is wanted, and it goes last. */
    @Test
    void anOddZeroOfSameGoesLast() {
        assertTrue(new Layer.Window(3, 3, 2, 2, 1, 1, 0, 0, 1, 1).isSame(28, 28));
        assertFalse(new Layer.Window(3, 3, 2, 2, 1, 1, 1, 1, 0, 0).isSame(28, 28));
        assertTrue(Layer.Window.square(3, 1, 1).isSame(28, 28));
        assertFalse(Layer.Window.square(3, 1, 0).isSame(28, 28));
    }

    /** A second thread's work is seen, and this one's is not. */
    @Test
    void otherThreadsAreCounted() throws Exception {
        AtomicLong spun = new AtomicLong();
        CountDownLatch finished = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        long before = OtherThreads.nanos();
        Thread worker = new Thread(() -> {
            long begun = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            while (spun.get() < WORK_NANOS) {
                spun.set(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begun);
            }
            finished.countDown();
            awaitQuietly(leave);
        });
        worker.start();
        finished.await();
        long between = OtherThreads.nanos();
        leave.countDown();
        worker.join();
        assertTrue(between - before >= WORK_NANOS, "other threads worked " + (between - before) + " ns");
        assertTrue(OtherThreads.isJavas("C2 CompilerThre"));
        assertFalse(OtherThreads.isJavas("tf_Compute"));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anUnknownLayerIsNamed() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Layer.parse("attention head 8"));
        assertTrue(refused.getMessage().contains("attention head 8"), refused.getMessage());
    }

    @Test
    void theMostProbableClassIsTheAnswer() {
        Peer.Answers answers = Peer.Answers.of(2);
        answers.take(1, new float[] {9, 0.25f, 0.5f, 0.25f}, 1, 3);
        assertEquals(1, answers.classes()[1]);
        assertEquals(0.5f, answers.confidence()[1]);
    }
}
