package dev.convoke.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launchers, in trees of their own, on a made-up Java that tells what it was given. */
class LauncherTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    private Path java;

    /** How a launcher ended, and all that it wrote. */
    private record Ended(int code, String text) {}

    @BeforeEach
    void makeJava() throws IOException {
        java = program("java/bin/java", """
                #!/bin/bash
                [[ $1 == -version ]] && { echo 'openjdk version "17.0.1"' >&2; exit; }
                echo "locale ${LC_ALL:-none} $(locale charmap)"
                echo "arguments $*"
                """);
    }

    private Path program(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private Path tree(String name) throws IOException {
        return program(name + "/convoke", Files.readString(ROOT.resolve("convoke")));
    }

    private Ended run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().put("CONVOKE_SKIP_BUILD", "1");
        builder.environment().put("JAVA_HOME", java.getParent().getParent().toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), text);
    }

    @Test
    void whereThereIsNoLocaleJavaGetsOneOfUtf8() throws Exception {
        String launcher = tree("tree").toString();
        for (Map<String, String> none : List.of(
                Map.<String, String>of(),
                Map.of("LC_ALL", "C"),
                Map.of("LANG", "POSIX"),
                Map.of("LANG", "xx_XX.UTF-8"),
                Map.of("LC_ALL", "C", "LANG", "C.UTF-8"))) {
            Ended ended = run(none, launcher, "summary");
            assertEquals(0, ended.code(), ended.text());
            assertTrue(ended.text().matches("(?s)locale \\S+UTF-8 UTF-8\n.*"), none + ": " + ended.text());
        }
    }

    @Test
    void aLocaleThatIsThereIsKept() throws Exception {
        Ended ended = run(Map.of("LANG", "C.UTF-8"), tree("tree").toString(), "summary");
        assertTrue(ended.text().startsWith("locale none UTF-8\n"), ended.text());
    }

    @Test
    void theBundlesLauncherDoesTheSame() throws Exception {
        String text = Files.readString(ROOT.resolve("engine/cli/src/main/bundle/convoke"));
        Path launcher =
                program("bundle/convoke", text.replace("@SYSTEM@", uname()).replace("@JAVA@", "17"));
        Files.createDirectories(folder.resolve("bundle/runtime/bin"));
        Files.copy(java, folder.resolve("bundle/runtime/bin/java"));
        Ended ended = run(Map.of("LC_ALL", "C"), launcher.toString(), "summary");
        assertEquals(0, ended.code(), ended.text());
        assertTrue(ended.text().startsWith("locale C.UTF-8 UTF-8\n"), ended.text());
        Ended kept = run(Map.of("LANG", "C.UTF-8"), launcher.toString(), "summary");
        assertTrue(kept.text().startsWith("locale none UTF-8\n"), kept.text());
    }

    private static String uname() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("uname", "-sm").start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        process.waitFor();
        return text;
    }

    /** The tree is reached through the shell, since this process may have another locale than the launcher. */
    @Test
    void aTreeMayHaveAnyName() throws Exception {
        tree("tree");
        Ended ended = run(
                Map.of("LC_ALL", "C"),
                "bash",
                "-c",
                "cd \"$1\" && cp -r tree $'my tree \\xc3\\xbc' && $'my tree \\xc3\\xbc/convoke' summary",
                "bash",
                folder.toString());
        assertEquals(0, ended.code(), ended.text());
        assertTrue(ended.text().contains("my tree \u00fc/engine/cli/target/classes:"), ended.text());
    }

    /** Root may write anywhere, so the launcher runs as nobody where this is root. */
    private Ended asNobody(Path launcher) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        command.addAll(List.of(launcher.toString(), "summary"));
        try {
            return run(Map.of(), command.toArray(String[]::new));
        } catch (IOException e) {
            return Assumptions.abort("there is no setpriv");
        }
    }

    private void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aTreeThatAnotherUserBuiltRuns() throws Exception {
        Path launcher = tree("tree");
        Path target = Files.createDirectories(folder.resolve("tree/target"));
        permit(folder, "rwxr-xr-x");
        for (boolean locked : new boolean[] {false, true}) {
            if (locked) {
                permit(Files.writeString(target.resolve("run.lock"), ""), "r--r--r--");
            }
            permit(target, "r-xr-xr-x");
            Ended ended = asNobody(launcher);
            permit(target, "rwxr-xr-x");
            assertEquals(0, ended.code(), ended.text());
            assertTrue(ended.text().startsWith("locale"), ended.text());
        }
    }

    @Test
    void aTreeThatCannotBeWrittenIsNotBuiltAndSaysSo() throws Exception {
        Path launcher = tree("tree");
        Path target = Files.createDirectories(folder.resolve("tree/target"));
        permit(folder, "rwxr-xr-x");
        permit(target, "r-xr-xr-x");
        for (String tool : List.of("javac", "mvn", "cmake", "make", "g++")) {
            program("java/bin/" + tool, "#!/bin/bash\n");
        }
        String path = java.getParent() + ":" + System.getenv("PATH");
        List<String> command = new ArrayList<>(List.of("env", "CONVOKE_SKIP_BUILD=0", "PATH=" + path));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        command.addAll(List.of(launcher.toString(), "summary"));
        Ended ended = run(Map.of(), command.toArray(String[]::new));
        permit(target, "rwxr-xr-x");
        assertEquals(ExitCode.DATA.code(), ended.code(), ended.text());
        assertEquals(1, ended.text().lines().count(), ended.text());
        assertTrue(ended.text().contains("cannot be written"), ended.text());
    }

    @Test
    void aFolderWhoseNameJavaWouldTakeForTwoIsRefusedInALine() throws Exception {
        Ended ended = run(Map.of(), tree("a:b").toString(), "summary");
        assertEquals(ExitCode.DEVICE.code(), ended.code(), ended.text());
        assertEquals(1, ended.text().lines().count(), ended.text());
        assertTrue(ended.text().contains("':' in its name"), ended.text());
    }
}
