package dev.convoke.datasets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Digests of uncompressed files whose authors publish none, recorded next to the data on first use, in the format of
 * {@code sha256sum}. Afterwards the files are checked against them, compressed or not. Thread-safe.
 */
final class PayloadPins {
    static final String FILE = ".payloads.sha256";

    private static final Pattern LINE = Pattern.compile("(?<digest>[0-9a-f]{64})  (?<name>\\S+)");
    private static final long MAX_BYTES = 1 << 16;

    private final Map<Path, Map<String, String>> known = new HashMap<>();
    private final Map<Path, Map<String, String>> fresh = new TreeMap<>();

    /** How far a payload is trusted that is seen for the first time. */
    enum Trust {
        /** It came out of an archive with the published digest, which is right whatever was noted. */
        PUBLISHED,
        /** Nothing is known of it. */
        FIRST_USE
    }

    /** The digest recorded for {@code file} next to {@code place}. */
    synchronized Optional<String> of(CatalogueFile file, LocatedFile place) {
        return Optional.ofNullable(in(folder(place)).get(file.name()));
    }

    /**
     * Checks a payload that was read, or takes note of it.
     *
     * @throws DatasetException if another digest is noted
     */
    synchronized void seen(CatalogueFile file, LocatedFile place, String digest, Trust trust) {
        Path folder = folder(place);
        String before = in(folder).get(file.name());
        if (digest.equals(before)) {
            return;
        }
        if (before != null && trust == Trust.FIRST_USE) {
            throw new DatasetException(place + ": SHA-256 of the payload is " + digest + ", but " + before
                    + " was noted in " + folder.resolve(FILE) + " when it was first read; get the file again, or remove"
                    + " that note if you changed the file yourself");
        }
        fresh.computeIfAbsent(folder, key -> new TreeMap<>()).put(file.name(), digest);
    }

    private static Path folder(LocatedFile place) {
        return Path.of(place.folder());
    }

    private Map<String, String> in(Path folder) {
        return known.computeIfAbsent(folder, PayloadPins::read);
    }

    private static Map<String, String> read(Path folder) {
        Path file = folder.resolve(FILE);
        Map<String, String> digests = new TreeMap<>();
        try {
            for (String line : RegularFile.text(ByteBuffer.wrap(RegularFile.read(file, MAX_BYTES)))
                    .lines()
                    .toList()) {
                Matcher matcher = LINE.matcher(line);
                if (!matcher.matches() || digests.put(matcher.group("name"), matcher.group("digest")) != null) {
                    throw new DatasetException(
                            file + ": is damaged; a line is 'SHA256  NAME', each name once; remove it"
                                    + " to have the digests noted again");
                }
            }
            return digests;
        } catch (NoSuchFileException e) {
            return digests;
        } catch (IOException e) {
            throw new DatasetException(file + ": " + RegularFile.reason(e) + "; remove it", e);
        }
    }

    /** Writes new digests and reports them in one line. */
    synchronized void note(String dataset, Progress progress) {
        for (Map.Entry<Path, Map<String, String>> entry : fresh.entrySet()) {
            Path file = entry.getKey().resolve(FILE);
            Map<String, String> all = new TreeMap<>(in(entry.getKey()));
            all.putAll(entry.getValue());
            try {
                write(file, all);
                progress.notice(dataset + ": digests of " + entry.getValue().size()
                        + " uncompressed files, which are not published, recorded in " + file
                        + "; they are checked from now on");
            } catch (IOException e) {
                progress.notice(dataset + ": read unchecked, and its digests cannot be recorded in " + file + " ("
                        + RegularFile.reason(e) + ")");
            }
        }
        fresh.clear();
        known.clear();
    }

    private static void write(Path file, Map<String, String> digests) throws IOException {
        List<String> lines = new ArrayList<>();
        digests.forEach((name, digest) -> lines.add(digest + "  " + name));
        Path parent = file.toAbsolutePath().getParent();
        // Newly created, with an unpredictable name.
        Path temporary = Files.createTempFile(parent, FILE, ".tmp");
        try {
            Files.write(temporary, lines, StandardCharsets.UTF_8);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
