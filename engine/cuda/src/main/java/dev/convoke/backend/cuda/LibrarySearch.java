package dev.convoke.backend.cuda;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Searches for NVIDIA's libraries in common folders, including those that the loader does not search, so that a message can
 * show which version is installed instead of the required one.
 */
final class LibrarySearch {
    private static final String WHEELS = "lib/python3*/{site,dist}-packages/nvidia/*/lib";
    private static final List<String> COMMON = List.of(
            "usr/local/cuda*/lib64",
            "usr/local/cuda*/targets/*/lib",
            "opt/cuda/lib64",
            "usr/lib/*-linux-gnu",
            "usr/lib64",
            "usr/lib/wsl/lib",
            "usr/local/" + WHEELS,
            "usr/" + WHEELS);

    private final List<Path> folders;

    private LibrarySearch(List<Path> folders) {
        this.folders = folders;
    }

    /** Searches this machine: the loader's path, the toolkit's folders, Python's wheels of the system, of HOME, of a venv. */
    static LibrarySearch ofMachine() {
        List<Path> folders = new ArrayList<>();
        String path = System.getenv("LD_LIBRARY_PATH");
        if (path != null) {
            Stream.of(path.split(":", -1))
                    .filter(entry -> !entry.isEmpty())
                    .map(Path::of)
                    .forEach(folders::add);
        }
        COMMON.forEach(pattern -> folders.addAll(expand(Path.of("/"), pattern)));
        folders.addAll(expand(Path.of(System.getProperty("user.home")), ".local/" + WHEELS));
        String environment = System.getenv("VIRTUAL_ENV");
        if (environment != null) {
            folders.addAll(expand(Path.of(environment), WHEELS));
        }
        return new LibrarySearch(folders);
    }

    /** Searches just these folders. */
    static LibrarySearch of(Collection<Path> folders) {
        return new LibrarySearch(List.copyOf(folders));
    }

    /** The files of that name, best first. */
    List<Path> named(String file) {
        return folders.stream()
                .map(folder -> folder.resolve(file))
                .filter(Files::exists)
                .distinct()
                .toList();
    }

    /** The versions of a file, such as {@code libcudart.so.12} of {@code libcudart.so}. */
    List<Path> versionsOf(String file) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + file + ".[0-9]*");
        List<Path> found = new ArrayList<>();
        for (Path folder : folders) {
            list(folder).filter(entry -> matcher.matches(entry.getFileName())).forEach(found::add);
        }
        return found.stream().distinct().toList();
    }

    private static List<Path> expand(Path root, String pattern) {
        List<Path> found = List.of(root);
        for (String part : pattern.split("/", -1)) {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + part);
            found = found.stream()
                    .flatMap(LibrarySearch::list)
                    .filter(entry -> matcher.matches(entry.getFileName()) && Files.isDirectory(entry))
                    .toList();
        }
        return found;
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList().stream();
        } catch (IOException e) {
            // A folder that is not there or cannot be read has nothing to offer.
            return Stream.empty();
        }
    }
}
