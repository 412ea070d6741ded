package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {
    private static final String MOUNT = "mount -t tmpfs -o size=200m,noexec tmpfs \"$1\"";

    @TempDir
    Path folder;

    /** What a command answered, both streams together. */
    private record Answer(int code, String text) {}

    /** Runs Convoke in a process whose home may not hold programs; where such a mount may be made at all. */
    private Answer withoutPrograms(String arguments) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String script = MOUNT + " && \"$2\" -Duser.home=\"$1\" -cp \"$3\" dev.convoke.cli.Main " + arguments;
        return run(script, folder.toString(), java, System.getProperty("java.class.path"));
    }

    private static Answer run(String script, String... parameters) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of("unshare", "-rm", "bash", "-c", script, "bash"));
        command.addAll(List.of(parameters));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), text);
    }

    private void assumeMounts() throws InterruptedException {
        try {
            Assumptions.assumeTrue(run(MOUNT, folder.toString()).code() == 0, "nothing may be mounted here");
        } catch (IOException e) {
            Assumptions.abort("there is no unshare");
        }
    }

    @Test
    void aHomeThatMayHoldNoProgramsIsOneLineWithARemedy() throws Exception {
        assumeMounts();
        for (String device : List.of("auto", "cpu", "cuda")) {
            Answer answer = withoutPrograms("train -q --dataset digits --epochs 1 --device " + device);
            assertEquals(ExitCode.DEVICE.code(), answer.code(), answer.text());
            assertEquals(1, answer.text().lines().count(), answer.text());
            assertTrue(answer.text().contains("-Dorg.bytedeco.javacpp.cachedir=DIR"), answer.text());
        }
    }

    @Test
    void theDoctorSaysSoToo() throws Exception {
        assumeMounts();
        Answer answer = withoutPrograms("doctor");
        assertEquals(0, answer.code(), answer.text());
        assertTrue(answer.text().contains("programs may not run from there"), answer.text());
        assertTrue(answer.text().lines().anyMatch(line -> line.matches("\\s+reference\\s+runs.*")), answer.text());
    }
}
