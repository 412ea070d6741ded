package dev.convoke.backend.cuda;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where the device is simulated, holds every test to its strictness: no call that it refuses, nothing that is not given back.
 * Counts the cases, and says where they ran.
 */
final class CudaDeviceCheck implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(CudaDeviceCheck.class);
    private static final boolean SIMULATED = System.getProperty("convoke.simulated") != null;

    @Override
    public void beforeEach(ExtensionContext context) {
        if (SIMULATED) {
            SimulatedDevice.clearViolations();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (SIMULATED) {
            SimulatedDevice.assertClean();
        }
        if (context.getExecutionException().isEmpty()) {
            passed(context).incrementAndGet();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.out.println(context.getDisplayName() + ": " + passed(context).get() + " cases agree on "
                + (SIMULATED ? "the simulated device" : "the GPU"));
    }

    private static AtomicInteger passed(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(context.getRequiredTestClass(), test -> new AtomicInteger(), AtomicInteger.class);
    }
}
