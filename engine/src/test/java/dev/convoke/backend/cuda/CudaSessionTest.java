package dev.convoke.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.convoke.backend.Comparison;
import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Execution.AlgorithmChoice;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.Networks;
import dev.convoke.backend.Probe;
import dev.convoke.backend.Scenario;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.States;
import dev.convoke.backend.StepProfile;
import dev.convoke.backend.Tolerance;
import dev.convoke.backend.TrainingSums;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.model.OptimizerSpec;
import dev.convoke.model.Penalty;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the CUDA backend promises beyond the contract of every backend; on a real GPU as on the simulated device. */
@Tag(SimulatedDevice.TAG)
@ExtendWith(CudaDeviceCheck.class)
class CudaSessionTest {
    private static final int BATCH = 4;

    /** More than the graph of several steps holds, and no multiple of it. */
    private static final int STEPS = 21;

    private final CudaBackend backend = new CudaBackend();

    @BeforeEach
    void theDeviceIsThere() {
        Probe probe = backend.probe();
        Assumptions.assumeTrue(probe.available(), "cuda cannot run here: " + probe.detail());
    }

    private static Execution execution(Precision precision, KernelChoice kernels) {
        return new Execution(1, precision, kernels, AlgorithmChoice.DETERMINISTIC);
    }

    private CudaSession open(Scenario scenario) {
        return open(scenario, Precision.FLOAT32, KernelChoice.AUTO);
    }

    private CudaSession open(Scenario scenario, Precision precision, KernelChoice kernels) {
        return (CudaSession) backend.open(scenario.request(execution(precision, kernels)));
    }

    private static Scenario small() {
        return Scenario.of(Networks.everything(), BATCH, BATCH * STEPS + 1).with(OptimizerSpec.Adam.DEFAULT);
    }

    @Test
    void severalStepsRecordedTogetherGiveTheBitsOfStepsOneByOne() {
        try (Session together = open(small());
                Session alone = open(small())) {
            together.train(0, 0, STEPS + 1);
            for (int step = 0; step <= STEPS; step++) {
                alone.train(0, step, step + 1);
            }
            States.assertSameBits(together.state(0), alone.state(0));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FLOAT32", "TF32", "BFLOAT16"})
    void aShortRunAgreesWithTheReference(Precision precision) {
        Scenario scenario = Scenario.of(Networks.smooth(new Penalty(0, 0.002)), BATCH, BATCH * STEPS + 1)
                .with(OptimizerSpec.Adam.DEFAULT);
        try (Session session = open(scenario, precision, KernelChoice.AUTO);
                Session oracle = new ReferenceBackend().open(scenario.request(Execution.SINGLE_THREAD))) {
            for (int epoch = 0; epoch < 3; epoch++) {
                TrainingSums expected = oracle.train(epoch, 0, STEPS + 1).get(0);
                TrainingSums actual = session.train(epoch, 0, STEPS + 1).get(0);
                assertEquals(expected.images(), actual.images());
                Comparison.assertClose(
                        "mean loss of epoch " + epoch,
                        expected.dataLoss() / expected.images(),
                        actual.dataLoss() / actual.images(),
                        CudaTolerances.run(precision));
            }
            assertParametersClose(oracle, session, CudaTolerances.run(precision));
        }
    }

    private static void assertParametersClose(Session oracle, Session session, Tolerance tolerance) {
        NamedTensors expected = oracle.state(0);
        NamedTensors actual = session.state(0);
        for (Segment segment : session.program().full().parameters().segments()) {
            Tensor wanted = expected.get(segment.name());
            double scale = Comparison.largest(wanted);
            Comparison.assertClose(segment.name(), wanted, actual.get(segment.name()), scale, tolerance);
        }
    }

    @Test
    void aStepMakesNoJavaObjects() {
        try (Session session = open(small())) {
            session.train(0, 0, STEPS); // loads classes, and compiles what is hot
            session.train(1, 0, STEPS);
            session.train(2, 0, 1);
            long few = allocated(() -> session.train(2, 1, 3));
            long many = allocated(() -> session.train(2, 3, STEPS - 1));
            assertEquals(few, many, "bytes made by " + (STEPS - 4) + " steps, against 2");
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
    void closingTwiceIsClosingOnce() {
        Session session = open(small());
        session.close();
        session.close();
        try (Session next = open(small())) {
            assertEquals(BATCH, next.train(0, 0, 1).get(0).images());
        }
    }

    @Test
    void aClosedSessionThrowsInsteadOfTouchingFreedMemory() {
        Scenario scenario = small();
        Session session = open(scenario);
        session.close();
        assertThrows(IllegalStateException.class, () -> session.train(0, 0, 1));
        assertThrows(IllegalStateException.class, () -> session.evaluate(0, scenario.images()));
        assertThrows(IllegalStateException.class, () -> session.state(0));
        assertThrows(IllegalStateException.class, () -> session.trace(0, 0, 0));
        assertThrows(IllegalStateException.class, () -> session.profile(0, 0, 1));
    }

    @Test
    void sessionsSideBySideGiveTheBitsOfEachAlone() throws Exception {
        int sessions = 3;
        List<NamedTensors> alone = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            alone.add(trained(i));
        }
        ExecutorService pool = Executors.newFixedThreadPool(sessions);
        try {
            List<Future<NamedTensors>> running = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                int seed = i;
                running.add(pool.submit(() -> trained(seed)));
            }
            for (int i = 0; i < sessions; i++) {
                States.assertSameBits(alone.get(i), running.get(i).get());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private NamedTensors trained(int seed) {
        try (Session session = open(small().withSeed(seed))) {
            session.train(0, 0, 15);
            return session.state(0);
        }
    }

    @Test
    void aSessionMayMoveToAnotherThread() throws Exception {
        NamedTensors expected = trained(7);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Session session = open(small().withSeed(7))) {
            session.train(0, 0, 6);
            other.submit(() -> session.train(0, 6, 11)).get();
            session.train(0, 11, 15);
            States.assertSameBits(expected, session.state(0));
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void aProfileCoversTheStepAndNamesWhatServed() {
        try (Session session = open(small())) {
            StepProfile profile = session.profile(0, 0, 2);
            List<String> names =
                    profile.parts().stream().map(StepProfile.Part::name).toList();
            assertEquals("images", names.get(0));
            assertTrue(names.contains("dense1+dense1_relu+drop2"), names.toString());
            assertEquals("update", names.get(names.size() - 1));
            for (StepProfile.Part part : profile.parts()) {
                assertTrue(part.kernels().endsWith(", outside of its graph"), part.kernels());
                for (int step = 0; step < 2; step++) {
                    long end = part.startNanos()[step] + part.nanos()[step];
                    assertTrue(part.nanos()[step] >= 0 && part.startNanos()[step] >= 0, part.name());
                    assertTrue(end <= profile.stepNanos()[step] + 1000, part.name() + " ends after its step");
                }
            }
        }
    }

    @Test
    void float64IsRefusedInOneLine() {
        SessionRequest request = small().request(execution(Precision.FLOAT64, KernelChoice.AUTO));
        DeviceException refused = assertThrows(DeviceException.class, () -> backend.open(request));
        assertEquals(
                "device 'cuda' computes in FLOAT32, TF32 or BFLOAT16, not in FLOAT64; choose one of these",
                refused.getMessage());
    }

    @Test
    void theChoiceOfKernelsDecidesWhichLayersServeAGroup() {
        Scenario scenario = Scenario.of(Networks.base(), BATCH, BATCH);
        try (CudaSession own = open(scenario, Precision.FLOAT32, KernelChoice.OWN);
                CudaSession library = open(scenario, Precision.FLOAT32, KernelChoice.LIBRARY)) {
            assertEquals(CudaFirstConvolution.class, own.layers().get(0).getClass());
            assertEquals(CudaConvolutionPooling.class, own.layers().get(1).getClass());
            assertEquals(CudaConvolution.class, library.layers().get(0).getClass());
            assertEquals(CudaLibraryPooling.class, library.layers().get(1).getClass());
        }
    }
}
