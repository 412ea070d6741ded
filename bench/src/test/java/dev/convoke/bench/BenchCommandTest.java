package dev.convoke.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Wrong command lines of the bench: one line, and the documented exit code. */
class BenchCommandTest {
    private static final int USAGE = 2;
    private static final int CONFIGURATION = 3;
    private static final int DATA = 4;

    private record Run(int code, String err) {}

    private static Run run(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine line = BenchCommand.commandLine();
        line.setErr(new PrintWriter(err, true));
        int code = line.execute(arguments);
        return new Run(code, err.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "peers --rounds 0 | --rounds",
                "peers --seconds -1 | --seconds",
                "peers --threads 100000 | --threads",
                "peers --batches 0 | --batches",
                "peers --clock cpu | --threads 1",
                "peers --peers caffe | djl",
                "peers --together --clock wall | --together",
                "peers --together --threads 2 | --threads 1",
                "peers --together --sections startup | --sections",
                "peers --together --peers djl | convoke",
                "peers --sections lunch | STARTUP",
                "peers --weights random | INITIAL",
                "beers | beers",
            })
    void aWrongOptionIsNamed(String arguments, String named) {
        Run run = run(arguments.split(" "));
        assertEquals(USAGE, run.code(), run.err());
        assertTrue(run.err().contains(named), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void aRunThatThereIsNotIsNamed() {
        Run run = run("peers", "--models", "alexnet");
        assertEquals(CONFIGURATION, run.code(), run.err());
        assertTrue(run.err().contains("alexnet"), run.err());
    }

    @Test
    void aSuitesRunsAreItsOwn() {
        Run run = run("peers", "--suite", "zoo", "--models", "base-adam");
        assertEquals(CONFIGURATION, run.code(), run.err());
        assertTrue(run.err().contains("suite 'zoo' has no run 'base-adam'"), run.err());
    }

    @Test
    void aSuiteThatThereIsNotIsNamed() {
        Run run = run("peers", "--suite", "aquarium.yaml");
        assertEquals(CONFIGURATION, run.code(), run.err());
        assertTrue(run.err().contains("aquarium.yaml"), run.err());
    }

    /** Files of the right names hide whatever $CONVOKE_DATA_DIR holds. */
    @Test
    void damagedDataAreNamed(@TempDir Path folder) throws IOException {
        for (String name : List.of("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")) {
            Files.write(folder.resolve(name + "-ubyte"), new byte[] {0, 0, 8});
        }
        Run run = run(
                "peers",
                "--data-dir",
                folder.toString(),
                "--out",
                folder.resolve("out").toString());
        assertEquals(DATA, run.code(), run.err());
        assertTrue(run.err().contains("damaged"), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }
}
