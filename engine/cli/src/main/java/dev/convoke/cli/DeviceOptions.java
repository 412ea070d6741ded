package dev.convoke.cli;

import dev.convoke.backend.Backend;
import dev.convoke.backend.BackendProvider;
import dev.convoke.backend.DeviceName;
import dev.convoke.backend.Execution;
import dev.convoke.backend.Execution.AlgorithmChoice;
import dev.convoke.backend.Selection;
import dev.convoke.plan.Precision;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What trains, and with how many threads. */
final class DeviceOptions {
    private static final int MOST_THREADS = 256;
    private static final List<String> INSTRUCTION_SETS = List.of("portable", "avx2", "avx512");
    private static final String REFERENCE = "reference";

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = Selection.AUTO,
            description =
                    "auto, cpu, reference or cuda (cuda:1, cuda:0,1: these GPUs); a device given by name is never replaced."
                            + " Default: auto.")
    String device = Selection.AUTO;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "CPU threads of one trial. Default: 1, for results that do not depend on the number of cores.")
    int threads = 1;

    @Option(
            names = "--kernels",
            paramLabel = "WHOSE",
            defaultValue = "auto",
            description =
                    "auto (the faster), library (oneDNN or cuDNN throughout) or own (ours wherever there is one). Default: auto.")
    Execution.KernelChoice kernels = Execution.KernelChoice.AUTO;

    @Option(
            names = "--precision",
            paramLabel = "FORMAT",
            defaultValue = "fp32",
            description =
                    "fp32, tf32 (cuda) or bf16: of activations and products; weights stay float32. Default: fp32.")
    String precision = "fp32";

    @Option(names = "--deterministic", description = "Use only deterministic algorithms; cpu always does.")
    boolean deterministic;

    /**
     * Looks at every device that there is, whatever was named.
     *
     * @throws dev.convoke.model.ModelException if what was named cannot be the name of a device
     */
    Diagnosis diagnose(Console console) {
        List<BackendProvider> providers = BackendProvider.all();
        return Diagnosis.of(DeviceName.parse(device, providers), providers, console::remark);
    }

    /** Chooses the backend and reports the choice unless quiet. */
    Backend choose(OutputOptions output, Console console) {
        List<BackendProvider> providers = BackendProvider.all();
        DeviceName name = DeviceName.parse(device, providers);
        if (!name.backend().equals(REFERENCE)) {
            requireInstructionSet(System.getenv("CONVOKE_ISA"));
        }
        Selection selection = Selection.choose(name, providers, console::remark);
        if (!output.quiet) {
            selection.obstacles().forEach(console::remark);
            console.remark("device " + selection.backend().name() + ": " + selection.detail());
        }
        return selection.backend();
    }

    /** The kernels silently ignore an unknown name. */
    static void requireInstructionSet(@Nullable String name) {
        if (name != null && !name.isEmpty() && !INSTRUCTION_SETS.contains(name)) {
            throw new CommandExit(
                    ExitCode.CONFIGURATION,
                    "CONVOKE_ISA: '" + name + "' is no instruction set; choose one of "
                            + String.join(", ", INSTRUCTION_SETS));
        }
    }

    Execution execution() {
        if (threads < 1 || threads > MOST_THREADS) {
            throw new CommandExit(ExitCode.USAGE, "--threads must be 1 to " + MOST_THREADS + ", not " + threads);
        }
        return new Execution(
                threads, precision(), kernels, deterministic ? AlgorithmChoice.DETERMINISTIC : AlgorithmChoice.FASTEST);
    }

    private Precision precision() {
        return switch (precision) {
            case "fp32" -> Precision.FLOAT32;
            case "tf32" -> Precision.TF32;
            case "bf16" -> Precision.BFLOAT16;
            default ->
                throw new CommandExit(
                        ExitCode.USAGE, "--precision must be fp32, tf32 or bf16, not '" + precision + "'");
        };
    }
}
