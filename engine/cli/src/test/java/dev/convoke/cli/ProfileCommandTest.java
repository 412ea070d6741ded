package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.Probe;
import dev.convoke.backend.cpu.CpuBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileCommandTest {
    @TempDir
    Path folder;

    @BeforeEach
    void librariesLoad() {
        Probe probe = new CpuBackend().probe();
        Assumptions.assumeTrue(probe.available(), probe.detail());
    }

    @Test
    void aProfileNamesEveryOpAndLeavesItsFiles() throws IOException {
        CommandLineRun run = profile("--batch-size", "16");
        for (String named :
                List.of("conv1+relu1+pool1", "dense1+relu4+dropout", "update", "between the ops", "Winograd")) {
            assertTrue(run.out().contains(named), named + " is missing in\n" + run.out());
        }
        assertTrue(run.out().contains("add up") || run.out().contains("adds up"), run.out());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("profile.html", "profile.json", "roofline.svg", "trace.json"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void theChoiceOfKernelsShows() {
        CommandLineRun run = profile("--kernels", "library", "--json");
        assertTrue(run.out().contains("oneDNN: "), run.out());
        assertTrue(!run.out().contains("Winograd"), run.out());
    }

    /** On a machine that others disturb the sum may miss the step, which is code 7 and said so; no other code will do. */
    private CommandLineRun profile(String... more) {
        List<String> arguments = Stream.concat(
                        Stream.of("profile", "base-adam", "--device", "cpu", "--steps", "6", "--warm-up", "1", "--out"),
                        Stream.concat(Stream.of(folder.toString()), Stream.of(more)))
                .toList();
        CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
        assertTrue(
                run.code() == ExitCode.DONE.code()
                        || (run.code() == ExitCode.GATE.code() && run.err().contains("do not add up")),
                run.code() + " " + run.err());
        return run;
    }
}
