package dev.convoke.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Networks;
import dev.convoke.backend.Scenario;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.States;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.MaxPooling;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Padding;
import dev.convoke.plan.Precision;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the CPU backend promises beyond the contract of every backend: no garbage, no leaks, no neighbors. */
class CpuSessionTest {
    private static final int BATCH = 8;
    private static final int STEPS = 40;

    /** Bytes of an object without fields. */
    private static final long SMALLEST_OBJECT = 16;

    @BeforeEach
    void librariesLoad() {
        Assumptions.assumeTrue(
                new CpuBackend().probe().available(), new CpuBackend().probe().detail());
    }

    @ParameterizedTest
    @EnumSource
    void aStepMakesNoJavaObjects(KernelChoice kernels) {
        try (Session session = open(base(), kernels, 1)) {
            session.train(0, 0, STEPS); // loads classes, and compiles what is hot
            session.train(1, 0, STEPS);
            long few = allocated(() -> session.train(1, 0, 5));
            long many = allocated(() -> session.train(1, 5, STEPS));
            // A call makes a few objects, or none once the compiler removes them; a step that makes any is over this.
            long most = few + SMALLEST_OBJECT * (STEPS - 5 - 5);
            assertTrue(many < most, few + " bytes made by 5 steps, " + many + " by " + (STEPS - 5));
        }
    }

    private static long allocated(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(id);
        work.run();
        return threads.getThreadAllocatedBytes(id) - before;
    }

    @Test
    void closedSessionsGiveTheirMemoryBack() {
        Scenario scenario = Scenario.of(Networks.everything(), 4, 10).with(Optimizer.Adam.DEFAULT);
        openAndClose(scenario, 20); // fills oneDNN's cache of primitives
        long bytes = Pointer.totalBytes();
        long physical = Pointer.physicalBytes();
        openAndClose(scenario, 200);
        long growth = Pointer.physicalBytes() - physical;
        assertEquals(bytes, Pointer.totalBytes(), "bytes that JavaCPP counts as held");
        assertTrue(growth < 64L << 20, "200 sessions have left " + growth + " bytes behind");
    }

    private static void openAndClose(Scenario scenario, int sessions) {
        for (int i = 0; i < sessions; i++) {
            try (Session session = new CpuBackend().open(scenario.request(Execution.SINGLE_THREAD))) {
                session.train(0, 0, 1);
            }
            if (i % 10 == 9) {
                System.gc(); // the Java heap counts as physical memory too: it must not grow by garbage
            }
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        Session session = open(base(), KernelChoice.AUTO, 1);
        session.close();
        session.close();
        try (Session next = open(base(), KernelChoice.AUTO, 1)) {
            assertEquals(BATCH, next.train(0, 0, 1).images());
        }
    }

    @Test
    void aClosedSessionThrowsInsteadOfTouchingFreedMemory() {
        Scenario scenario = base();
        Session session = open(scenario, KernelChoice.AUTO, 1);
        session.close();
        assertThrows(IllegalStateException.class, () -> session.train(0, 0, 1));
        assertThrows(IllegalStateException.class, () -> session.evaluate(scenario.images()));
        assertThrows(IllegalStateException.class, () -> session.state());
        assertThrows(IllegalStateException.class, () -> session.trace(0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void sessionsSideBySideGiveTheBitsOfEachAlone(KernelChoice kernels) throws Exception {
        int sessions = 3;
        List<NamedTensors> alone = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            alone.add(trained(i, kernels));
        }
        ExecutorService pool = Executors.newFixedThreadPool(sessions);
        try {
            List<Future<NamedTensors>> running = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                int seed = i;
                running.add(pool.submit(() -> trained(seed, kernels)));
            }
            for (int i = 0; i < sessions; i++) {
                States.assertSameBits(alone.get(i), running.get(i).get());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static NamedTensors trained(int seed, KernelChoice kernels) {
        try (Session session = open(base().withSeed(seed), kernels, 1)) {
            session.train(0, 0, 15);
            return session.state();
        }
    }

    @Test
    void aSessionMayMoveToAnotherThread() throws Exception {
        NamedTensors expected = trained(7, KernelChoice.LIBRARY);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Session session = open(base().withSeed(7), KernelChoice.LIBRARY, 1)) {
            session.train(0, 0, 6);
            other.submit(() -> session.train(0, 6, 11)).get();
            session.train(0, 11, 15);
            States.assertSameBits(expected, session.state());
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void activationsOfOwnKernelsHaveTheSameBitsForAnyNumberOfThreads() {
        ModelSpec model = Networks.of(
                "own kernels",
                new ImageShape(16, 12, 12),
                2,
                Networks.convolution("conv", 16, 3, 1, Padding.SAME),
                Networks.relu("relu"),
                new MaxPooling("pool", 2, 2, Padding.VALID),
                Networks.normalization("norm"),
                new Dropout("dropout", 0.3),
                new Flatten("flatten"),
                Networks.dense("dense", 2));
        Scenario scenario = Scenario.of(model, BATCH, BATCH);
        NamedTensors one = activations(scenario, 1);
        for (int threads = 2; threads <= 5; threads++) {
            NamedTensors several = activations(scenario, threads);
            for (String name : List.of("pool", "norm", "dropout")) {
                String what = name + " with " + threads + " threads";
                assertArrayEquals(one.get(name).values(), several.get(name).values(), what);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void ownKernelsTrainToTheSameBitsOnAnyNumberOfThreads(int threads) {
        for (ModelSpec model : List.of(Networks.base(), Networks.batchNormalization())) {
            Scenario scenario = Scenario.of(model, 37, 37 * 3 + 10).with(Optimizer.Adam.DEFAULT);
            States.assertSameBits(afterAnEpoch(scenario, 1), afterAnEpoch(scenario, threads));
        }
    }

    private static NamedTensors afterAnEpoch(Scenario scenario, int threads) {
        try (Session session = open(scenario, KernelChoice.OWN, threads)) {
            session.train(0, 0, 4);
            return session.state();
        }
    }

    private static NamedTensors activations(Scenario scenario, int threads) {
        try (Session session = open(scenario, KernelChoice.OWN, threads)) {
            return session.trace(0, 0).activations();
        }
    }

    @Test
    void otherPrecisionsAreRefusedByName() {
        assertEquals(
                "device 'cpu' computes in FLOAT32 or BFLOAT16, not in TF32; choose one of these",
                refusal(Precision.TF32, KernelChoice.AUTO));
        assertEquals(
                "our own kernels of device 'cpu' compute in FLOAT32, not in BFLOAT16; choose --kernels auto",
                refusal(Precision.BFLOAT16, KernelChoice.OWN));
    }

    private static String refusal(Precision precision, KernelChoice kernels) {
        SessionRequest request = base().request(new Execution(1, precision, kernels));
        return String.valueOf(assertThrows(DeviceException.class, () -> new CpuBackend().open(request))
                .getMessage());
    }

    @Test
    void theChoiceOfKernelsDecidesWhichLayersServeAGroup() {
        try (CpuSession own = (CpuSession) open(base(), KernelChoice.OWN, 1);
                CpuSession library = (CpuSession) open(base(), KernelChoice.LIBRARY, 1)) {
            assertEquals(CpuFusedConvolution.class, own.layers().get(0).getClass());
            assertEquals(CpuConvolutionPooling.class, library.layers().get(0).getClass());
        }
    }

    private static Session open(Scenario scenario, KernelChoice kernels, int threads) {
        return new CpuBackend().open(scenario.request(new Execution(threads, Precision.FLOAT32, kernels)));
    }

    private static Scenario base() {
        return Scenario.of(Networks.base(), BATCH, BATCH * STEPS).with(Optimizer.Adam.DEFAULT);
    }
}
