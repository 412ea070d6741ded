package dev.convoke.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Threads that need the libraries at the same time, in a process that has loaded none of them. */
class LoadingTest {
    private static final int SECONDS = 60;

    @Test
    void noThreadWaitsForeverForAnother() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-D" + CudaKernelLibrary.LIBRARY_PROPERTY + "="
                                + System.getProperty(CudaKernelLibrary.LIBRARY_PROPERTY),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadingTest.class.getName())
                .inheritIO()
                .start();
        try {
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "threads wait for each other");
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    /** The process. */
    public static void main(String[] arguments) throws InterruptedException {
        List<Runnable> firstUses = List.of(
                Kernels::abiVersion,
                () -> new Kernels.PoolingShape().close(),
                CudaKernels::abiVersion,
                () -> new CudaKernels.StepState(1).close(),
                () -> new CudaKernels.CudaDevice().close());
        CyclicBarrier together = new CyclicBarrier(firstUses.size());
        List<Thread> threads = firstUses.stream()
                .map(use -> new Thread(() -> {
                    try {
                        together.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    use.run();
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
