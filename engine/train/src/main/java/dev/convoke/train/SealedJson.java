package dev.convoke.train;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.convoke.datasets.RegularFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JSON object whose last entry, {@code "sha256"}, is the SHA-256 of all bytes before it: what was changed or damaged since
 * it was written is found when it is read. Written as a stream, so that no text of the whole is ever in memory.
 *
 * @param content without the digest
 * @param seal whether there was one
 */
public record SealedJson(Map<String, Object> content, Seal seal) {
    private static final String DIGEST = "sha256";

    /** The end of a sealed object; no other spaces than a generator puts there. */
    private static final Pattern END =
            Pattern.compile(",[ \\n]*\"" + DIGEST + "\" ?: ?\"(?<digest>[0-9a-f]{64})\"\\n?}\\n?$");

    /** More than the longest {@link #END}. */
    private static final int END_LENGTH = 128;

    /** Whether all that a file says is under a digest. */
    public enum Seal {
        /** It is, and the digest is right. */
        WHOLE,
        /** There is none, as in files of earlier versions. */
        NONE
    }

    /** Writes a sealed file, whole or not at all; ends with a line break. */
    public static void write(Path file, Map<String, Object> content, Json.Layout layout) {
        AtomicFile.write(file, stream -> write(stream, content, layout));
    }

    /** The text that {@link #write} would leave. */
    public static String text(Map<String, Object> content, Json.Layout layout) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            write(bytes, content, layout);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be written as JSON: " + Json.firstLine(e), e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void write(OutputStream stream, Map<String, Object> content, Json.Layout layout) throws IOException {
        MessageDigest digest = SafeTensors.sha256();
        try (JsonGenerator generator = Json.generator(new DigestOutputStream(stream, digest), layout)) {
            generator.writeStartObject();
            for (Map.Entry<String, Object> entry : content.entrySet()) {
                generator.writeFieldName(entry.getKey());
                Json.write(generator, entry.getValue());
            }
            generator.flush();
            String seal = HexFormat.of().formatHex(digest.digest());
            generator.writeStringField(DIGEST, seal);
            generator.writeEndObject();
        }
        stream.write('\n');
    }

    /**
     * Reads a file.
     *
     * @param limit most bytes that are read
     * @throws IOException in plain words and without the file's name, if it cannot be read, is not one JSON object, or does
     *     not have the digest that it states
     */
    public static SealedJson read(Path file, long limit) throws IOException {
        return read(RegularFile.read(file, limit));
    }

    /** The same of a file's bytes. */
    public static SealedJson read(byte[] bytes) throws IOException {
        int tail = Math.max(0, bytes.length - END_LENGTH);
        // One character a byte, so that places in the text are places in the file.
        String end = new String(bytes, tail, bytes.length - tail, StandardCharsets.ISO_8859_1);
        Matcher seal = END.matcher(end);
        boolean sealed = seal.find();
        if (sealed) {
            MessageDigest digest = SafeTensors.sha256();
            digest.update(bytes, 0, tail + seal.start());
            if (!HexFormat.of().formatHex(digest.digest()).equals(seal.group("digest"))) {
                throw new IOException("is damaged, or was changed: it does not have the digest that it states");
            }
        }
        Map<String, Object> content;
        try {
            content = Json.read(RegularFile.text(ByteBuffer.wrap(bytes)));
        } catch (JacksonException e) {
            throw new IOException("is not JSON: " + Json.firstLine(e), e);
        }
        if (content.remove(DIGEST) != null && !sealed) {
            throw new IOException("is damaged, or was changed: its digest is none");
        }
        return new SealedJson(content, sealed ? Seal.WHOLE : Seal.NONE);
    }
}
