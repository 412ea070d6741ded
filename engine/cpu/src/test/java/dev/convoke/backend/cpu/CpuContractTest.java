package dev.convoke.backend.cpu;

import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.plan.Precision;
import org.junit.jupiter.api.Nested;

/** Both choices of kernels, one, two and three threads, and bfloat16. */
class CpuContractTest {
    @Nested
    class LibraryKernelsOnOneThread extends CpuContract {
        LibraryKernelsOnOneThread() {
            super(1, KernelChoice.LIBRARY);
        }
    }

    @Nested
    class LibraryKernelsOnTwoThreads extends CpuContract {
        LibraryKernelsOnTwoThreads() {
            super(2, KernelChoice.LIBRARY);
        }
    }

    @Nested
    class OwnKernelsOnOneThread extends CpuContract {
        OwnKernelsOnOneThread() {
            super(1, KernelChoice.OWN);
        }
    }

    @Nested
    class FasterKernelsOnThreeThreads extends CpuContract {
        FasterKernelsOnThreeThreads() {
            super(3, KernelChoice.AUTO);
        }
    }

    @Nested
    class Bfloat16OnTwoThreads extends CpuContract {
        Bfloat16OnTwoThreads() {
            super(2, Precision.BFLOAT16, KernelChoice.AUTO);
        }
    }
}
