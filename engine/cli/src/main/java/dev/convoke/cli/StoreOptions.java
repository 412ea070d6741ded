package dev.convoke.cli;

import dev.convoke.sweep.SweepRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where results go, and what happens to those that are there. */
final class StoreOptions {
    private static final Path RUNS = Path.of("out");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Folder for results.json, report.html, report.md and one folder per run. Default: a new one below"
                            + " out/; with --resume the last one.")
    @Nullable Path out;

    @Option(names = "--resume", description = "Continue the sweep in the folder: train only what is missing.")
    boolean resume;

    SweepRequest.Existing existing() {
        return resume ? SweepRequest.Existing.RESUME : SweepRequest.Existing.REFUSE;
    }

    /**
     * The folder: the one named, else the first of {@code out/NAME}, {@code out/NAME-2}, ... behind all that are there; to
     * resume, the last that is there.
     */
    Path folder(String name) {
        if (out != null) {
            return out;
        }
        int last = lastNumber(name);
        if (resume && last == 0) {
            throw new CommandExit(
                    ExitCode.CONFIGURATION,
                    RUNS.resolve(name) + ": there is no sweep to resume; name its folder with --out");
        }
        int number = resume ? last : last + 1;
        return RUNS.resolve(number == 1 ? name : name + "-" + number);
    }

    private static int lastNumber(String name) {
        Pattern form = Pattern.compile(Pattern.quote(name) + "(?:-(\\d{1,6}))?");
        if (!Files.isDirectory(RUNS)) {
            return 0;
        }
        try (Stream<Path> folders = Files.list(RUNS)) {
            return folders.map(folder -> form.matcher(folder.getFileName().toString()))
                    .filter(Matcher::matches)
                    .mapToInt(match -> match.group(1) == null ? 1 : Integer.parseInt(match.group(1)))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(RUNS + ": cannot be listed: " + e.getMessage(), e);
        }
    }
}
