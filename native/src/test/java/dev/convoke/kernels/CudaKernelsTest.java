package dev.convoke.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.kernels.CudaKernels.CudaDevice;
import dev.convoke.kernels.CudaKernels.CudaUpdateRule;
import dev.convoke.kernels.CudaKernels.StepPlan;
import dev.convoke.kernels.CudaKernels.StepState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** The binding, on the simulated device's build of the kernels; the kernels themselves have their tests in C++. */
class CudaKernelsTest {
    private static final int INVALID_VALUE = 1;

    @Test
    void libraryLoadsWithTheVersionOfItsBinding() {
        assertEquals(CudaKernels.ABI_VERSION, CudaKernels.abiVersion());
        assertEquals(0, CudaKernels.FLOAT32);
        assertEquals(1, CudaKernels.BFLOAT16);
        assertEquals(255, CudaKernels.DEAD_WINDOW);
    }

    @Test
    void theDeviceSaysWhatItIs() {
        try (IntPointer count = new IntPointer(1);
                IntPointer driver = new IntPointer(1);
                CudaDevice device = new CudaDevice()) {
            assertEquals(0, CudaKernels.deviceCount(count));
            assertEquals(1, count.get());
            assertEquals(0, CudaKernels.driverVersion(driver));
            assertEquals(0, CudaKernels.deviceFacts(0, device));
            assertTrue(device.name().getString().length() > 0, "name");
            assertEquals(9, device.computeMajor());
            assertEquals(0, device.computeMinor());
            assertEquals(driver.get(), device.driverVersion());
            assertTrue(device.totalMemory() > 0, "memory");
        }
    }

    @Test
    void errorsHaveNameAndText() {
        String text = CudaKernels.errorText(INVALID_VALUE);
        assertTrue(text.startsWith("cudaErrorInvalidValue: "), text);
    }

    @Test
    void hostMemoryIsRefusedWhereDeviceMemoryBelongs() {
        try (StepState state = new StepState(1)) {
            assertEquals(INVALID_VALUE, CudaKernels.advance(state, 32, null));
        }
    }

    /** The device reads these bytes: their order is the header's. */
    @Test
    void statesLieAsTheHeaderSays() {
        try (StepState states = new StepState(2)) {
            assertEquals(80, states.sizeof());
            states.position(1).lossSum(1.5).penaltySum(2.5).images(4);
            states.position(1).epoch(5).step(6).firstPosition(7).gradientScale(0.5f);
            ByteBuffer bytes = bytes(states.position(0), 160);
            assertEquals(0L, bytes.getLong(0));
            assertEquals(1.5, bytes.getDouble(80));
            assertEquals(2.5, bytes.getDouble(88));
            assertEquals(4L, bytes.getLong(112));
            assertEquals(5, bytes.getInt(120));
            assertEquals(6, bytes.getInt(124));
            assertEquals(7, bytes.getInt(128));
            assertEquals(0.5f, bytes.getFloat(132));
            assertEquals(0, bytes.getInt(136), "blocks done");
            StepState again = new StepState((Pointer) states.position(0));
            assertEquals(4L, again.position(1).images());
        }
    }

    @Test
    void plansAndRuleLieAsTheHeaderSays() {
        try (StepPlan plans = new StepPlan(2);
                CudaUpdateRule rule = new CudaUpdateRule()) {
            plans.position(0).learningRate(0.1f).stepSize(0.2f);
            plans.position(1).learningRate(0.3f).stepSize(0.4f).lossScale(0.5f).updates(1);
            ByteBuffer table = bytes(plans.position(0), 32);
            assertEquals(0.3f, table.getFloat(16));
            assertEquals(0.4f, table.getFloat(20));
            assertEquals(0.5f, table.getFloat(24));
            assertEquals(1, table.getInt(28));
            rule.kind(Kernels.ADAM).nesterov(1).momentum(0.1f).rho(0.2f);
            rule.beta1(0.3f).beta2(0.4f).epsilon(0.5f).clipNorm(0.6f);
            ByteBuffer fields = bytes(rule, 48);
            assertEquals(2, fields.getInt(0));
            assertEquals(0.2f, fields.getFloat(20));
            assertEquals(0.4f, fields.getFloat(28));
            assertEquals(0.6f, fields.getFloat(40));
        }
    }

    private static ByteBuffer bytes(Pointer pointer, int count) {
        return new BytePointer(pointer).capacity(count).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
