package dev.convoke.backend.graph;

import dev.convoke.kernels.CacheFolder;
import java.io.IOException;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Checks whether native libraries can be loaded from JavaCPP's cache folder. Checked before any device: if the first
 * library does not load, later failures of JavaCPP do not give the reason.
 */
public final class NativeCache {
    private static final String NO_PROGRAMS = "failed to map segment from shared object";

    private NativeCache() {}

    // A second attempt would not report the reason, so the first result is kept.
    private static final class Found {
        static final Optional<String> OBSTACLE = look();
    }

    /** Why no native library loads, one line with the remedy; empty where they do. */
    public static Optional<String> obstacle() {
        return Found.OBSTACLE;
    }

    private static Optional<String> look() {
        Optional<String> fault = CacheFolder.fault();
        if (fault.isPresent()) {
            return Optional.of(
                    fault.get() + "; set CONVOKE_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=DIR to a folder that"
                            + " only you may write to, or use --device reference");
        }
        try {
            Loader.load(Pointer.class);
            return Optional.empty();
        } catch (LinkageError | RuntimeException e) {
            return Optional.of(reason(e));
        }
    }

    static String reason(Throwable failure) {
        Throwable first = failure.getCause() == null ? failure : failure.getCause();
        String message = String.valueOf(first.getMessage()).lines().findFirst().orElse("no reason given");
        if (!message.contains(NO_PROGRAMS)) {
            return "native libraries do not load (" + message
                    + "): run a build of Convoke for this platform, or use --device reference";
        }
        return folder()
                + ": native libraries are unpacked there, but programs may not run from there (it is mounted noexec);"
                + " set CONVOKE_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=DIR to a folder that may hold programs, or use"
                + " --device reference";
    }

    private static String folder() {
        try {
            return Loader.getCacheDir().toString();
        } catch (IOException e) {
            return "JavaCPP's cache";
        }
    }
}
