package dev.convoke.backend.cpu;

import dev.convoke.backend.Backend;
import dev.convoke.backend.BackendContract;
import dev.convoke.backend.ContractTolerances;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Execution.KernelChoice;
import dev.convoke.backend.Scenario;
import dev.convoke.backend.Session;
import dev.convoke.backend.Tolerance;
import dev.convoke.plan.Precision;
import org.junit.jupiter.api.Assumptions;

/** The contract of every backend, held against the CPU backend with one number of threads and one choice of kernels. */
abstract class CpuContract extends BackendContract {
    /** Half a unit in the last place of a float32 just below 1. */
    private static final double ROUNDING = 0x1p-24;

    private static final ContractTolerances TOLERANCES = new ContractTolerances(
            new Tolerance(64 * ROUNDING, "a coordinate of up to 16 pixels is rounded to 32 times what a pixel is"),
            new Tolerance(
                    1024 * ROUNDING,
                    "sums of up to 600 products, and batch normalization over 16 values divides by how little they vary"),
            new Tolerance(
                    1024 * ROUNDING,
                    "sums of up to 600 products of activations that are off themselves, and their cancellation in batch"
                            + " normalization"),
            new Tolerance(64 * ROUNDING, "a loss follows from logits that are that far off; the sum is float64"),
            new Tolerance(
                    1024 * ROUNDING,
                    "six steps, each with the roundings of a gradient, which Adam divides by its own size"));

    private static final String NEIGHBOR =
            "a float32 that is rounded apart may lie between two bfloat16 numbers, and is then multiplied as the other one;";

    private static final ContractTolerances BFLOAT16_TOLERANCES = new ContractTolerances(
            new Tolerance(64 * ROUNDING, "pixels are warped in float32"),
            new Tolerance(0x1p-8, NEIGHBOR + " they are 2^-8 of themselves apart"),
            new Tolerance(0x1p-8, NEIGHBOR + " it is one of many in a sum"),
            new Tolerance(0x1p-10, NEIGHBOR + " a loss is the mean over a batch"),
            new Tolerance(0x1p-8, NEIGHBOR + " Adam divides what follows from it by its own size"));

    private final int threads;
    private final Precision precision;
    private final KernelChoice kernels;

    CpuContract(int threads, KernelChoice kernels) {
        this(threads, Precision.FLOAT32, kernels);
    }

    CpuContract(int threads, Precision precision, KernelChoice kernels) {
        this.threads = threads;
        this.precision = precision;
        this.kernels = kernels;
    }

    @Override
    public Session open(Scenario scenario) {
        Assumptions.assumeTrue(
                precision == Precision.FLOAT32 || CpuLibraries.multipliesBfloat16(),
                "this processor has no AVX-512, without which oneDNN multiplies no bfloat16 numbers");
        return super.open(scenario);
    }

    @Override
    public Backend backend() {
        return new CpuBackend();
    }

    @Override
    public Execution execution() {
        return new Execution(threads, precision, kernels);
    }

    @Override
    public ContractTolerances tolerances() {
        return precision == Precision.FLOAT32 ? TOLERANCES : BFLOAT16_TOLERANCES;
    }
}
