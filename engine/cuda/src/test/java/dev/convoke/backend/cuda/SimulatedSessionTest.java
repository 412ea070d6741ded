package dev.convoke.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.DeviceException;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Execution.AlgorithmChoice;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.backend.Networks;
import dev.convoke.backend.Scenario;
import dev.convoke.backend.Session;
import dev.convoke.backend.SessionRequest;
import dev.convoke.backend.States;
import dev.convoke.backend.cuda.SimulatedDevice.Allocation;
import dev.convoke.backend.cuda.SimulatedDevice.Counter;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Optimizer;
import dev.convoke.pipeline.Augmentation;
import dev.convoke.plan.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.cudnn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What only the simulated device can see: what a step makes, what is given back, what happens when a call fails. */
@Tag(SimulatedDevice.TAG)
@ExtendWith(CudaDeviceCheck.class)
class SimulatedSessionTest {
    private static final int BATCH = 4;
    private static final int STEPS = 3;

    /** Status of a launch that failed. */
    private static final int LAUNCH_FAILURE = 719;

    private final CudaBackend backend = new CudaBackend();

    @TempDir
    Path folder;

    @AfterEach
    void settingsAreTakenBack() {
        SimulatedDevice.forbidAllocation(Allocation.ALLOWED);
        SimulatedDevice.set("CONVOKE_SIM_MEMORY", null);
        SimulatedDevice.set("CONVOKE_SIM_CAPABILITY", null);
    }

    private static SessionRequest request(ModelSpec model) {
        return request(model, Precision.FLOAT32);
    }

    private static SessionRequest request(ModelSpec model, Precision precision) {
        Execution execution = new Execution(1, precision, KernelChoice.AUTO, AlgorithmChoice.DETERMINISTIC);
        return Scenario.of(model, BATCH, BATCH * STEPS - 1)
                .with(Optimizer.Adam.DEFAULT)
                .request(execution);
    }

    private Session open() {
        return backend.open(request(Networks.everything()));
    }

    @Test
    void aStepMakesNothingOnTheDevice() {
        try (Session session = open()) {
            SimulatedDevice.forbidAllocation(Allocation.FORBIDDEN_HERE);
            session.train(0, 0, STEPS);
            session.train(1, 0, STEPS);
            SimulatedDevice.forbidAllocation(Allocation.ALLOWED);
            assertEquals("", SimulatedDevice.violations());
        }
    }

    @Test
    void aSessionThatOpensIsSeenToMakeSomething() {
        SimulatedDevice.forbidAllocation(Allocation.FORBIDDEN_HERE);
        assertThrows(DeviceException.class, this::open);
        SimulatedDevice.forbidAllocation(Allocation.ALLOWED);
        assertTrue(!SimulatedDevice.violations().isEmpty(), "the switch has no effect");
        SimulatedDevice.clearViolations();
    }

    /** Drivers of CUDA 12.2 and before cannot load a kernel while work is recorded. */
    @Test
    void everyKernelIsLaunchedBeforeItIsRecorded() {
        Augmentation flips = new Augmentation(
                0,
                0,
                0,
                0,
                1,
                1,
                true,
                false,
                Augmentation.Center.KERAS,
                Augmentation.Erasing.NONE,
                Augmentation.Elastic.NONE);
        Scenario scenario =
                Scenario.of(Networks.everything(), BATCH, BATCH * STEPS - 1).with(flips);
        try (Session session = backend.open(scenario.request(
                new Execution(1, Precision.FLOAT32, KernelChoice.AUTO, AlgorithmChoice.DETERMINISTIC)))) {
            session.train(0, 0, STEPS);
            session.evaluate(scenario.images());
        }
        assertEquals("", SimulatedDevice.violations());
    }

    /** Here the library's convolution, against which our kernel of the first one is timed. */
    @Test
    void aWayThatCannotRunLosesTheRace() {
        CudaAlgorithmCache cache = new CudaAlgorithmCache(folder.resolve("algorithms.txt"), remark -> {});
        SessionRequest request = Scenario.of(Networks.base(), BATCH, BATCH * STEPS - 1)
                .request(new Execution(1, Precision.FLOAT32, KernelChoice.AUTO, AlgorithmChoice.FASTEST));
        CudaResources resources = new CudaResources(CudaDevice.of(0));
        SimulatedDevice.fail("cudnnGetConvolutionBackwardFilterAlgorithm_v7", 1, cudnn.CUDNN_STATUS_NOT_SUPPORTED);
        try (Session session = new CudaSession(request, resources, cache)) {
            assertEquals(BATCH, session.train(0, 0, 1).images());
        } finally {
            resources.close();
        }
    }

    /** Our kernels have a CUDA runtime of their own, whose device is the calling thread's too. */
    @Test
    void bothRuntimesAreToldTheDevice() {
        CudaDevice second = CudaDevice.of(1);
        SimulatedDevice.fail("cudaSetDevice", 2, cudart.cudaErrorInvalidDevice);
        DeviceException failure = assertThrows(DeviceException.class, second::use);
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.startsWith("CUDA: convoke_cuda_use_device for device 1 failed: "), message);
    }

    @Test
    void memoryAfter3EpochsIsThatAfter300() {
        Scenario scenario = Scenario.of(Networks.everything(), BATCH, BATCH * STEPS - 1);
        try (Session session = open()) {
            List<Long> bytes = new ArrayList<>();
            List<Long> handles = new ArrayList<>();
            for (int epoch = 0; epoch < 300; epoch++) {
                session.train(epoch, 0, STEPS);
                session.evaluate(scenario.images());
                if (epoch == 2 || epoch == 299) {
                    bytes.add(SimulatedDevice.count(0, Counter.BYTES_NOW));
                    handles.add(SimulatedDevice.leaks().lines().count());
                }
            }
            assertEquals(bytes.get(0), bytes.get(1), "bytes of the device after 3 and after 300 epochs");
            assertEquals(handles.get(0), handles.get(1), "pieces of memory and handles after 3 and after 300 epochs");
        }
    }

    @Test
    void sessionsSpreadOverTheDevicesAndGiveTheSameBits() {
        try (Session first = open();
                Session second = open()) {
            for (int device = 0; device < 2; device++) {
                assertTrue(SimulatedDevice.count(device, Counter.BYTES_NOW) > 0, "nothing lies on device " + device);
            }
            assertEquals(first.train(0, 0, STEPS), second.train(0, 0, STEPS));
            States.assertSameBits(first.state(), second.state());
        }
        for (int device = 0; device < 2; device++) {
            assertEquals(0, SimulatedDevice.count(device, Counter.BYTES_NOW), "bytes left on device " + device);
        }
    }

    @Test
    void aDeviceThatIsNamedIsTheOneThatTrains() {
        CudaBackend second = new CudaBackend(List.of(1), remark -> {});
        try (Session session = second.open(request(Networks.everything()))) {
            assertEquals(BATCH, session.train(0, 0, 1).images());
            assertEquals(0, SimulatedDevice.count(0, Counter.BYTES_NOW));
            assertTrue(SimulatedDevice.count(1, Counter.BYTES_NOW) > 0);
        }
        CudaBackend third = new CudaBackend(List.of(0, 2), remark -> {});
        DeviceException refused = assertThrows(DeviceException.class, () -> third.open(request(Networks.everything())));
        assertTrue(String.valueOf(refused.getMessage()).startsWith("device 'cuda' cannot run here: "));
    }

    @Test
    void aGpuWithoutTensorCoresForAPrecisionRefusesItInOneLine() {
        SimulatedDevice.set("CONVOKE_SIM_CAPABILITY", "7.5");
        CudaBackend turing = new CudaBackend();
        for (Precision precision : List.of(Precision.BFLOAT16, Precision.TF32)) {
            DeviceException refused =
                    assertThrows(DeviceException.class, () -> turing.open(request(Networks.base(), precision)));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.startsWith("device 'cuda' does not compute in " + precision + " on GPU 0, "), message);
            assertTrue(message.contains("capability 7.5") && message.contains("--precision fp32"), message);
            assertEquals(1, message.lines().count());
        }
        try (Session session = turing.open(request(Networks.everything()))) {
            assertEquals(BATCH, session.train(0, 0, 1).images());
        }
    }

    @Test
    void severalTrialsAtATimeForEveryDevice() {
        assertEquals(8, backend.parallelSessions());
    }

    @Test
    void tooLittleMemoryIsOneLineWithTheRemedyAndLeavesNothingBehind() {
        SimulatedDevice.set("CONVOKE_SIM_MEMORY", "2M");
        DeviceException refused = assertThrows(DeviceException.class, () -> backend.open(request(Networks.base())));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("no room for "), message);
        assertTrue(message.contains("GPU 0 is out of memory") && message.contains("--jobs"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void aCallThatFailsIsNamedWithItsReasonAndItsLayer() {
        try (Session session = open()) {
            SimulatedDevice.fail("cudaGraphLaunch", 1, LAUNCH_FAILURE);
            DeviceException failure = assertThrows(DeviceException.class, () -> session.train(0, 0, 1));
            String message = String.valueOf(failure.getMessage());
            assertTrue(
                    message.startsWith("CUDA: cudaGraphLaunch for a step failed: cudaErrorLaunchFailure: "), message);
        }
    }

    @Test
    void anOpThatFailsWhileTheSessionOpensIsNamedAndAllIsGivenBack() {
        SimulatedDevice.fail("cudnnConvolutionForward", 1, cudart.cudaErrorInvalidValue);
        DeviceException failure = assertThrows(DeviceException.class, this::open);
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.startsWith("cuDNN: cudnnConvolutionForward for conv"), message);
    }
}
