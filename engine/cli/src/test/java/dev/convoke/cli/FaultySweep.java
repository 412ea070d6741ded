package dev.convoke.cli;

import dev.convoke.sweep.ResultsJson;
import dev.convoke.sweep.SweepBits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sweeps one of whose calls to the system fails, one call after the other, in a process of its own that has
 * {@code libconvoke_faults} preloaded. Every such sweep has to end in one line with the documented code, and another that goes
 * on with it has to give the bits of one that nothing happened to.
 */
final class FaultySweep {
    private static final String SUITE = """
            convoke: 1
            name: faulty
            base: {blocks: none, dense: 4, epochs: 2, batch_size: 8, dropout: 0.2, learning_rate: 0.01}
            runs:
              - name: plain
              - {name: continued, start_from: plain, batch_norm: none}
            """;

    private final FaultControl control;
    private final FaultControl.Failure error;
    private final Path folder;
    private final Path whole;

    private FaultySweep(FaultControl control, FaultControl.Failure error, Path folder) {
        this.control = control;
        this.error = error;
        this.folder = folder;
        this.whole = folder.resolve("whole");
    }

    /**
     * Prints {@code held: N of CALLS}, or what did not hold.
     *
     * @param arguments the control's file, the error, the folder to work in, and how many calls are to fail at most, spread
     *     over all
     */
    public static void main(String[] arguments) throws IOException {
        FaultControl control = FaultControl.of(Path.of(arguments[0]));
        FaultySweep sweep = new FaultySweep(
                control,
                FaultControl.Failure.valueOf(arguments[1]),
                Path.of(arguments[2]).toAbsolutePath());
        System.out.println(sweep.run(Integer.parseInt(arguments[3])));
    }

    private String run(int most) throws IOException {
        Files.writeString(folder.resolve("suite.yaml"), SUITE);
        Files.writeString(folder.resolve("data.csv"), data());
        control.watch(whole, error);
        CommandLineRun undisturbed = sweep(whole);
        require(undisturbed.code() == 0, undisturbed.err());
        long calls = control.calls();
        require(calls > 20, "the library is not preloaded: it saw " + calls + " calls");
        long tried = Math.min(most, calls);
        List<String> faults = new ArrayList<>();
        for (long i = 0; i < tried; i++) {
            long call = 1 + i * calls / tried;
            try {
                fail(call);
            } catch (AssertionError e) {
                faults.add(error + " at call " + call + " (" + control.failed() + "): " + e.getMessage());
            }
        }
        return faults.isEmpty() ? "held: " + tried + " of " + calls : String.join("\n", faults);
    }

    private static String data() {
        StringBuilder lines = new StringBuilder();
        for (int image = 0; image < 40; image++) {
            lines.append(image % 2);
            for (int pixel = 0; pixel < 16; pixel++) {
                lines.append(',').append((image * 31 + pixel * 17) % 128 + (pixel / 8 == image % 2 ? 100 : 0));
            }
            lines.append('\n');
        }
        return lines.toString();
    }

    private CommandLineRun sweep(Path out, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "sweep",
                folder.resolve("suite.yaml").toString(),
                "--dataset",
                folder.resolve("data.csv").toString(),
                "--device",
                "reference",
                "--jobs",
                "1",
                "--quiet",
                "--out",
                out.toString()));
        words.addAll(List.of(more));
        return CommandLineRun.of(words.toArray(String[]::new));
    }

    private void fail(long call) throws IOException {
        Path out = folder.resolve(error + "-" + call);
        control.watch(out, error);
        control.arm(call, error);
        CommandLineRun failed = sweep(out);
        control.disarm();
        require(control.injected() > 0, "no call failed");
        // A trial that cannot be kept has failed; what else cannot be written ends the sweep. Only a folder that is
        // there
        // already need not be made.
        if (failed.code() == ExitCode.DONE.code()) {
            require(control.failed().startsWith("mkdir ") && failed.err().isEmpty(), "ended with 0: " + failed.err());
            requireSame(out);
        } else {
            require(
                    failed.code() == ExitCode.DATA.code() || failed.code() == ExitCode.GATE.code(),
                    "ended with " + failed.code() + ": " + failed.err());
            requireLine(failed.err());
        }
        CommandLineRun resumed = sweep(out, "--resume");
        require(resumed.code() == 0, "--resume ended with " + resumed.code() + ": " + resumed.err());
        requireSame(out);
        delete(out);
    }

    /** One line for the fault, and one for each trial that cannot start without the one that failed. */
    private static void requireLine(String said) {
        List<String> lines =
                said.lines().filter(line -> !line.endsWith(", which is failed")).toList();
        require(lines.size() == 1 && lines.get(0).startsWith("convoke: "), "not one line: " + said);
        require(!lines.get(0).contains("Exception") && lines.get(0).length() > 40, said);
    }

    private void requireSame(Path out) throws IOException {
        SweepBits.assertSame(
                ResultsJson.read(whole.resolve("results.json")),
                whole,
                ResultsJson.read(out.resolve("results.json")),
                out);
        require(names(whole).equals(names(out)), "other files: " + names(out) + ", not " + names(whole));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
