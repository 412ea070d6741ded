package dev.convoke.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.convoke.backend.Comparison;
import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Evaluation;
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
import dev.convoke.model.Flatten;
import dev.convoke.model.ImageShape;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import dev.convoke.model.Optimizer;
import dev.convoke.model.Penalty;
import dev.convoke.model.UpdateRule;
import dev.convoke.plan.Precision;
import dev.convoke.plan.Program;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the CUDA backend promises beyond the contract of every backend; on a real GPU as on the simulated device. */
@Tag(SimulatedDevice.TAG)
@ExtendWith(CudaDeviceCheck.class)
class CudaSessionTest {
    private static final int BATCH = 4;

    /** More than the graph of several steps holds, and no multiple of it. */
    private static final int STEPS = 21;

    /** Bytes of an object without fields. */
    private static final long SMALLEST_OBJECT = 16;

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
        return Scenario.of(Networks.everything(), BATCH, BATCH * STEPS + 1).with(Optimizer.Adam.DEFAULT);
    }

    @Test
    void severalStepsRecordedTogetherGiveTheBitsOfStepsOneByOne() {
        try (Session together = open(small());
                Session alone = open(small())) {
            together.train(0, 0, STEPS + 1);
            for (int step = 0; step <= STEPS; step++) {
                alone.train(0, step, step + 1);
            }
            States.assertSameBits(together.state(), alone.state());
        }
    }

    /** Groups end at any place of the graph of several steps, of which they may be longer. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10})
    void accumulatedStepsRecordedTogetherGiveTheBitsOfStepsOneByOne(int accumulation) {
        UpdateRule rule = new UpdateRule(Optimizer.Adam.DEFAULT, new UpdateRule.Clipping(0, 0.1), accumulation, 0.9);
        Scenario scenario = small().with(rule);
        try (Session together = open(scenario);
                Session alone = open(scenario)) {
            for (int epoch = 0; epoch < 2; epoch++) {
                TrainingSums expected = TrainingSums.NONE;
                for (int step = 0; step <= STEPS; step++) {
                    alone.trace(epoch, step); // has a plan of its own
                    expected = expected.plus(alone.train(epoch, step, step + 1));
                }
                TrainingSums actual = together.train(epoch, 0, STEPS + 1);
                assertEquals(expected.first(), actual.first());
                assertEquals(expected.second(), actual.second());
            }
            States.assertSameBits(together.state(), alone.state());
        }
    }

    static Stream<Loss> losses() {
        return Stream.of(
                new Loss.SoftmaxCrossEntropy(4, 0.1, List.of(0.5, 2.0, 1.0, 1.25), 2),
                new Loss.SigmoidCrossEntropy(1),
                new Loss.SigmoidCrossEntropy(3),
                new Loss.MeanSquaredError(3),
                new Loss.Huber(1, 0.3));
    }

    /** Ranges inside of a batch, of whole ones, with a part of one in front, behind, and at the end of the set. */
    @ParameterizedTest
    @MethodSource("losses")
    void aRangeOfASetIsAnsweredAsByTheReference(Loss loss) {
        ModelSpec model = Networks.graph(
                "model",
                new ImageShape(1, 4, 3),
                loss,
                Node.of(new Flatten("flatten")),
                Node.of(Networks.dense("dense", loss.outputs())));
        int batch = Program.EVALUATION_BATCH;
        Scenario scenario = Scenario.of(model, BATCH, 2 * batch + 5).withUsualEvaluationBatch();
        int count = scenario.images().count();
        int[][] ranges = {{0, count}, {5, 9}, {3, 3 + batch}, {3, batch + 9}, {batch + 2, count}, {count - 1, count}};
        try (Session session = open(scenario);
                Session oracle = new ReferenceBackend().open(scenario.request(Execution.SINGLE_THREAD))) {
            Evaluation whole = session.evaluate(scenario.images());
            for (int[] range : ranges) {
                Evaluation expected = oracle.evaluate(scenario.images(), range[0], range[1]);
                Evaluation actual = session.evaluate(scenario.images(), range[0], range[1]);
                Tolerance tolerance = CudaTolerances.of(Precision.FLOAT32).loss();
                Comparison.assertClose("loss", expected.dataLoss(), actual.dataLoss(), tolerance);
                Comparison.assertClose("first figure", expected.first(), actual.first(), tolerance);
                Comparison.assertClose("second figure", expected.second(), actual.second(), tolerance);
                assertArrayEquals(expected.predictions(), actual.predictions());
                assertArrayEquals(Arrays.copyOfRange(whole.confidence(), range[0], range[1]), actual.confidence());
                assertArrayEquals(expected.confidence(), actual.confidence(), 1e-5f);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FLOAT32", "TF32", "BFLOAT16"})
    void aShortRunAgreesWithTheReference(Precision precision) {
        Scenario scenario = Scenario.of(Networks.smooth(new Penalty(0, 0.002)), BATCH, BATCH * STEPS + 1)
                .with(Optimizer.Adam.DEFAULT);
        try (Session session = open(scenario, precision, KernelChoice.AUTO);
                Session oracle = new ReferenceBackend().open(scenario.request(Execution.SINGLE_THREAD))) {
            for (int epoch = 0; epoch < 3; epoch++) {
                TrainingSums expected = oracle.train(epoch, 0, STEPS + 1);
                TrainingSums actual = session.train(epoch, 0, STEPS + 1);
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
        NamedTensors expected = oracle.state();
        NamedTensors actual = session.state();
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
            // A call makes a few objects, or none once the compiler removes them; a step that makes any is over this.
            long most = few + SMALLEST_OBJECT * (STEPS - 4 - 2);
            assertTrue(many < most, few + " bytes made by 2 steps, " + many + " by " + (STEPS - 4));
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
            assertEquals(BATCH, next.train(0, 0, 1).images());
        }
    }

    @Test
    void aClosedSessionThrowsInsteadOfTouchingFreedMemory() {
        Scenario scenario = small();
        Session session = open(scenario);
        session.close();
        assertThrows(IllegalStateException.class, () -> session.train(0, 0, 1));
        assertThrows(IllegalStateException.class, () -> session.evaluate(scenario.images()));
        assertThrows(IllegalStateException.class, () -> session.state());
        assertThrows(IllegalStateException.class, () -> session.trace(0, 0));
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
            return session.state();
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
            States.assertSameBits(expected, session.state());
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
