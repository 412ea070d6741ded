package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Input and output errors and a full disk at calls spread over a whole sweep, its report included; with
 * {@code -Dconvoke.faults=100000} at every call. The library that fails them is built with the kernels' tests.
 */
class FaultTest {
    private static final int MOST = Integer.getInteger("convoke.faults", 16);
    private static final Path LIBRARY = Path.of("../../native/target/cmake/faults/libconvoke_faults.so")
            .toAbsolutePath()
            .normalize();
    private static final Pattern HELD = Pattern.compile("held: (?<tried>[0-9]+) of (?<calls>[0-9]+)\\s*");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void aCallThatFailsCostsALineAndNoBit(FaultControl.Failure error) throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux"), "errors are laid between by Linux' LD_PRELOAD");
        assertTrue(Files.exists(LIBRARY), LIBRARY + " is built by the tests of native");
        Path control = folder.resolve("control");
        FaultControl.of(control);
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        FaultySweep.class.getName(),
                        control.toString(),
                        error.name(),
                        folder.toString(),
                        Integer.toString(MOST))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("LD_PRELOAD", LIBRARY.toString());
        builder.environment().put("CONVOKE_FAULTS", control.toString());
        int code = builder.start().waitFor();
        String text = Files.readString(log, StandardCharsets.UTF_8);
        assertEquals(0, code, text);
        Matcher held = HELD.matcher(text);
        assertTrue(held.matches(), text);
        System.out.println("tested: " + error + " from a system call of a sweep" + (MOST > 16 ? ", long run: " : ": ")
                + held.group("tried"));
    }
}
