package dev.convoke.backend.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measured algorithms, so that a shape is measured once and every later session computes alike: in the process, and in a
 * file for the next one. A line is {@code KEY = ALGORITHM MATH}.
 *
 * <p>The file is a convenience: one that cannot be read, is damaged, or cannot be written costs a measurement and a remark,
 * never a run. It is replaced as a whole, so that a reader never sees half of it; of two processes that write at the same
 * time the later one's additions stay.
 */
final class CudaAlgorithmCache {
    private static final String HEADER = "convoke cuda algorithms 1";
    private static final long LARGEST_FILE = 1 << 20;
    private static final int MOST_LINES = 1 << 13;
    private static final Pattern LINE = Pattern.compile("([^=\\p{Cntrl}]{1,400}) = (\\d{1,6}) (\\d{1,6})");

    private final Path file;
    private final Consumer<String> remarks;
    private final Map<String, CudnnAlgorithm> choices = new TreeMap<>();
    private boolean writable = true;

    /**
     * @param file may be missing
     * @param remarks receives a message if the file cannot be used
     */
    CudaAlgorithmCache(Path file, Consumer<String> remarks) {
        this.file = file;
        this.remarks = remarks;
        read();
    }

    /** Where choices are kept: under {@code XDG_CACHE_HOME}, else {@code .cache} of the user. */
    static Path defaultFile() {
        String named = System.getenv("XDG_CACHE_HOME");
        Path root = named != null && Path.of(named).isAbsolute()
                ? Path.of(named)
                : Path.of(System.getProperty("user.home"), ".cache");
        return root.resolve("convoke").resolve("cuda-algorithms.txt");
    }

    synchronized Optional<CudnnAlgorithm> find(String key) {
        return Optional.ofNullable(choices.get(key));
    }

    /** Keeps a choice. */
    synchronized void put(String key, CudnnAlgorithm algorithm) {
        choices.put(key, algorithm);
        if (writable && choices.size() < MOST_LINES) {
            write();
        }
    }

    private void read() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new IOException("it is larger than " + LARGEST_FILE + " bytes");
            }
            Map<String, CudnnAlgorithm> found = parse(Files.readString(file, StandardCharsets.UTF_8));
            choices.putAll(found);
        } catch (IOException e) {
            remarks.accept(file + " is of no use (" + e.getMessage() + "); algorithms are measured again");
        }
    }

    private static Map<String, CudnnAlgorithm> parse(String text) throws IOException {
        String[] lines = text.split("\n", MOST_LINES + 2);
        if (!lines[0].equals(HEADER) || lines.length > MOST_LINES + 1) {
            throw new IOException("it does not begin with '" + HEADER + "', or has too many lines");
        }
        Map<String, CudnnAlgorithm> found = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            if (!lines[i].isEmpty()) {
                Matcher line = LINE.matcher(lines[i]);
                if (!line.matches()) {
                    throw new IOException("line " + (i + 1) + " is no choice of an algorithm");
                }
                found.put(
                        line.group(1),
                        new CudnnAlgorithm(Integer.parseInt(line.group(2)), Integer.parseInt(line.group(3))));
            }
        }
        return found;
    }

    private void write() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        choices.forEach((key, algorithm) -> text.append(key)
                .append(" = ")
                .append(algorithm.number())
                .append(' ')
                .append(algorithm.math())
                .append('\n'));
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, "cuda-algorithms", ".tmp");
            try {
                Files.writeString(fresh, text, StandardCharsets.UTF_8);
                Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            writable = false;
            remarks.accept(file + " cannot be written (" + e.getMessage() + "); the next run measures again");
        }
    }
}
