package dev.convoke.cli;

import dev.convoke.backend.LoadedLibraries;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A native library that this process uses.
 *
 * @param file where it was loaded from
 * @param origin whose place that is
 */
record NativeLibrary(Path file, Origin origin) {
    /** System property that the bundle's launcher sets: the bundle's folder. */
    static final String BUNDLE = "convoke.bundle";

    private static final Pattern OURS_OR_VENDORS =
            Pattern.compile("lib(convoke|jni|dnnl|OpenCL|cuda|cudart|cublas|cudnn|nv|gomp|iomp).*");

    /** Where a library was taken from. */
    enum Origin {
        BUNDLE("bundle"),
        CACHE("JavaCPP's cache"),
        BUILD("build folder"),
        SYSTEM("system");

        private final String text;

        Origin(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /** Our own, the bindings', and the vendors' that are loaded now. */
    static List<NativeLibrary> loaded() {
        @Nullable String bundle = System.getProperty(BUNDLE);
        return LoadedLibraries.ofProcess().files().stream()
                .filter(file ->
                        OURS_OR_VENDORS.matcher(file.getFileName().toString()).matches())
                .map(file -> new NativeLibrary(file, origin(file, bundle)))
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    String name() {
        return file.getFileName().toString();
    }

    static Origin origin(Path file, @Nullable String bundle) {
        String path = file.toString();
        if (bundle != null && file.startsWith(bundle)) {
            return Origin.BUNDLE;
        }
        // JavaCPP names a cache's folders after the jars, or the class folders, that the libraries came from.
        if (path.contains("/.javacpp/") || path.contains(".jar/")) {
            return Origin.CACHE;
        }
        return path.contains("/target/") ? Origin.BUILD : Origin.SYSTEM;
    }
}
