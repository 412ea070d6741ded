package dev.convoke.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The shared libraries that the process has loaded, as Linux lists them.
 *
 * @param files absolute paths, each once, in the order of their addresses; empty on other systems
 */
public record LoadedLibraries(List<Path> files) {
    private static final Path MAPS = Path.of("/proc/self/maps");

    public LoadedLibraries {
        files = List.copyOf(files);
    }

    /** Those of this process, now. */
    public static LoadedLibraries ofProcess() {
        try (Stream<String> lines = Files.lines(MAPS)) {
            return new LoadedLibraries(lines.filter(line -> line.contains("/"))
                    .map(line -> line.substring(line.indexOf('/')))
                    .filter(path -> path.contains(".so"))
                    .distinct()
                    .map(Path::of)
                    .toList());
        } catch (IOException e) {
            return new LoadedLibraries(List.of());
        }
    }

    /** The loaded file whose name begins so. */
    public Optional<Path> find(String name) {
        return files.stream()
                .filter(file -> file.getFileName().toString().startsWith(name))
                .findFirst();
    }
}
