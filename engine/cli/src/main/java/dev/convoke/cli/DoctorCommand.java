package dev.convoke.cli;

import dev.convoke.backend.Backend;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what this machine has and lacks, and checks whether a device computes correctly. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Shows what was found on this machine, what is missing and how to install it, and which device is used.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  convoke doctor",
            "  convoke doctor --verify --device cuda --precision tf32",
            "  convoke doctor --json"
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int MOST_STEPS = 10_000;

    private final Console console;

    @Option(
            names = "--verify",
            description = "Compare the device with reference: every op, forward and backward, and training steps."
                    + " Exit code 7 if they differ.")
    boolean verify;

    @Option(names = "--steps", paramLabel = "N", description = "Training steps of --verify. Default: ${DEFAULT-VALUE}.")
    int steps = 20;

    @Mixin
    DeviceOptions device = new DeviceOptions();

    @Mixin
    OutputOptions output = new OutputOptions();

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (steps < 1 || steps > MOST_STEPS) {
            throw new CommandExit(ExitCode.USAGE, "--steps must be 1 to " + MOST_STEPS + ", not " + steps);
        }
        Diagnosis found = device.diagnose(console);
        if (!output.json) {
            new DiagnosisText(console).print(found);
        }
        Verification verification = verify ? verify() : null;
        if (output.json) {
            console.printJson(Json.write(DiagnosisJson.of(found, verification)));
        } else if (verification != null) {
            verification.print(console);
        }
        return verdict(verification).code();
    }

    private Verification verify() {
        OutputOptions silent = new OutputOptions();
        silent.quiet = true;
        Backend judged = device.choose(silent, console);
        try (ProgressLine line = new ProgressLine(console, output.quiet)) {
            return Verification.run(judged, device.execution(), steps, line::show);
        }
    }

    private static ExitCode verdict(@Nullable Verification verification) {
        return verification == null || verification.passed() ? ExitCode.DONE : ExitCode.GATE;
    }
}
