package dev.convoke.datasets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A file of whatever bytes, for fuzz targets. Who reads it must read it, or refuse it with the documented exception, whose
 * message is one line and begins with the file's name.
 */
public final class HostileFile {

    private final Path file;
    private final Class<? extends RuntimeException> refusal;

    /**
     * A file in a temporary folder of its own.
     *
     * @param refusal the one exception that may come of it
     */
    public HostileFile(String name, Class<? extends RuntimeException> refusal) {
        try {
            this.file = Files.createTempDirectory("convoke-fuzz").resolve(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.refusal = refusal;
    }

    /** Lets {@code reader} read the file with these bytes in it. */
    public void offer(byte[] content, Consumer<Path> reader) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        judge(refusal, file.toString(), () -> reader.accept(file));
    }

    /**
     * Runs what reads something hostile.
     *
     * @param source what a refusal has to begin with
     */
    public static void judge(Class<? extends RuntimeException> refusal, String source, Runnable reader) {
        try {
            reader.run();
        } catch (RuntimeException e) {
            if (!refusal.isInstance(e)) {
                throw e;
            }
            String message = String.valueOf(e.getMessage());
            if (message.lines().count() != 1 || !message.startsWith(source)) {
                throw new AssertionError("not a line that begins with '" + source + "': " + message, e);
            }
        }
    }
}
