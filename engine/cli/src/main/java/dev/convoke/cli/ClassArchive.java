package dev.convoke.cli;

import dev.convoke.sweep.Suites;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the common commands once in one process, so that the launcher can archive the classes they load ({@code
 * -XX:ArchiveClassesAtExit}). What the commands print is of no interest.
 */
final class ClassArchive {
    private ClassArchive() {}

    /**
     * Runs the commands; one that fails only leaves its classes out.
     *
     * @param arguments an empty folder for what the commands write
     */
    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        String out = Path.of(arguments[0]).resolve("out").toString();
        for (List<String> command : List.of(
                List.of("--help"),
                List.of("summary"),
                List.of("datasets", "--offline"),
                List.of("train", "--dataset", "digits", "--epochs", "1", "--offline", "--device", "cpu", "--out", out),
                List.of("evaluate", out + "/runs/" + Suites.defaultRun() + "/seed-1", "--device", "cpu", "--offline"),
                List.of("doctor"))) {
            Main.run(Console.ofProcess(), command.toArray(String[]::new));
        }
    }
}
