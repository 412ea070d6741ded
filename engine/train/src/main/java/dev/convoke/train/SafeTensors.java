package dev.convoke.train;

import dev.convoke.backend.NamedTensors;
import dev.convoke.datasets.RegularFile;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tensors and text in one file, in the safetensors format: eight bytes of header length, little-endian; a JSON header with
 * type, shape and byte range of each tensor and a map of strings; the values, float32, little-endian, in the header's order
 * without gaps.
 *
 * <p>The metadata carry a SHA-256 of the whole file, taken with zeros in its own place, so that damage is found when the file
 * is read, in the header too. Files of others, without one, are read too, and those of earlier versions, which have one of the
 * values alone.
 *
 * @param metadata strings by name, without the digests
 * @param tensors in the file's order
 * @param seal whether all of the file was under a digest
 * @see <a href="https://github.com/huggingface/safetensors">safetensors</a>
 */
public record SafeTensors(Map<String, String> metadata, NamedTensors tensors, SealedJson.Seal seal) {
    private static final long MAX_HEADER = 16L << 20;
    private static final long MAX_FILE = 1L << 30;
    private static final int MAX_AXES = 8;
    private static final String METADATA = "__metadata__";
    private static final String DIGEST = "file_sha256";
    private static final String VALUES_DIGEST = "values_sha256";
    private static final String NO_DIGEST = "0".repeat(64);

    /** The digest as a header has it, which nothing else in a header can look like: inside strings, quotes are escaped. */
    private static final Pattern SEAL = Pattern.compile("\"" + DIGEST + "\":\"(?<digest>[0-9a-f]{64})\"");

    /** Content that is to be written. */
    public SafeTensors(Map<String, String> metadata, NamedTensors tensors) {
        this(metadata, tensors, SealedJson.Seal.WHOLE);
    }

    /** Writes the file, whole or not at all. */
    public void write(Path file) {
        ByteBuffer values = values();
        Map<String, Object> header = new LinkedHashMap<>();
        Map<String, String> text = new LinkedHashMap<>(metadata);
        text.put(DIGEST, NO_DIGEST);
        header.put(METADATA, text);
        long at = 0;
        for (String name : tensors.names()) {
            Tensor tensor = tensors.get(name);
            long end = at + 4L * tensor.values().length;
            header.put(name, describe(tensor, at, end));
            at = end;
        }
        byte[] json = padded(Json.compact(header));
        ByteBuffer length =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, json.length);
        Matcher place = seal(json);
        if (!place.find()) {
            throw new AssertionError("the header has its digest's place");
        }
        byte[] digest = sha256(length, ByteBuffer.wrap(json), values).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digest, 0, json, place.start("digest"), digest.length);
        AtomicFile.write(file, length, ByteBuffer.wrap(json), values);
    }

    /** One character a byte, so that places in the text are places in the header. */
    private static Matcher seal(byte[] json) {
        return SEAL.matcher(new String(json, StandardCharsets.ISO_8859_1));
    }

    private ByteBuffer values() {
        long size = tensors.names().stream()
                .mapToLong(name -> 4L * tensors.get(name).values().length)
                .sum();
        ByteBuffer values = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
        for (String name : tensors.names()) {
            float[] source = tensors.get(name).values();
            values.asFloatBuffer().put(source);
            values.position(values.position() + 4 * source.length);
        }
        return values.flip();
    }

    private static Map<String, Object> describe(Tensor tensor, long from, long to) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("dtype", "F32");
        entry.put("shape", tensor.shape().axes());
        entry.put("data_offsets", List.of(from, to));
        return entry;
    }

    /** Spaces up to a multiple of eight, so that the values are aligned in the file. */
    private static byte[] padded(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        byte[] padded = new byte[(bytes.length + 7) & -8];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(bytes, 0, padded, 0, bytes.length);
        return padded;
    }

    /**
     * Reads a file.
     *
     * @throws CheckpointException if it is missing, damaged, too large, or not of this format; one line that names the file
     *     and what is wrong
     */
    public static SafeTensors read(Path file) {
        try {
            RegularFile.require(file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return new Reader(file, channel).read();
            }
        } catch (IOException e) {
            throw new CheckpointException(file + ": " + RegularFile.reason(e), e);
        }
    }

    private static String sha256(ByteBuffer... parts) {
        MessageDigest digest = sha256();
        for (ByteBuffer part : parts) {
            digest.update(part.duplicate());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** A tensor's entry in the header, checked. */
    private record Entry(String name, TensorShape shape, long from, long to) {}

    private static final class Reader {
        private final Path file;
        private final FileChannel channel;

        Reader(Path file, FileChannel channel) {
            this.file = file;
            this.channel = channel;
        }

        SafeTensors read() throws IOException {
            long size = channel.size();
            require(size >= Long.BYTES, "is too short to be a safetensors file");
            require(size <= MAX_FILE, "is larger than the limit of " + (MAX_FILE >> 20) + " MiB");
            ByteBuffer length = bytes(Long.BYTES);
            long headerSize = length.getLong(0);
            require(
                    headerSize >= 2 && headerSize <= MAX_HEADER && headerSize <= size - Long.BYTES,
                    "states a header of " + headerSize + " bytes, which cannot be; not a safetensors file?");
            byte[] json = bytes((int) headerSize).array();
            Map<?, ?> header = header(json);
            Map<String, String> metadata = metadata(header.get(METADATA));
            List<Entry> entries = entries(header, size - Long.BYTES - headerSize);
            ByteBuffer values = bytes((int) (size - Long.BYTES - headerSize));
            SealedJson.Seal seal = seal(metadata, length, json, values);
            return new SafeTensors(metadata, tensors(entries, values), seal);
        }

        /** Takes the digests out of the metadata and checks them. */
        private SealedJson.Seal seal(Map<String, String> metadata, ByteBuffer length, byte[] json, ByteBuffer values) {
            String ofValues = metadata.remove(VALUES_DIGEST);
            require(
                    ofValues == null || ofValues.equals(sha256(values)),
                    "is damaged: its values do not have the digest that its header states");
            if (metadata.remove(DIGEST) == null) {
                return SealedJson.Seal.NONE;
            }
            Matcher place = SafeTensors.seal(json);
            require(place.find(), "is damaged: the digest in its header is none");
            String digest = place.group("digest");
            Arrays.fill(json, place.start("digest"), place.end("digest"), (byte) '0');
            require(
                    digest.equals(sha256(length, ByteBuffer.wrap(json), values)),
                    "is damaged, or was changed: it does not have the digest that its header states");
            return SealedJson.Seal.WHOLE;
        }

        private ByteBuffer bytes(int count) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException("the file ended early");
                }
            }
            return buffer.flip();
        }

        private Map<?, ?> header(byte[] json) {
            try {
                return Json.read(RegularFile.text(ByteBuffer.wrap(json)));
            } catch (IOException e) {
                throw new CheckpointException(file + ": its header is not JSON: " + Json.firstLine(e), e);
            }
        }

        private Map<String, String> metadata(@Nullable Object value) {
            Map<String, String> metadata = new LinkedHashMap<>();
            if (value == null) {
                return metadata;
            }
            require(value instanceof Map, METADATA + " is not a map of strings");
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                require(entry.getValue() instanceof String, METADATA + "." + entry.getKey() + " is not a string");
                metadata.put((String) entry.getKey(), (String) entry.getValue());
            }
            return metadata;
        }

        /** The entries in the order of their bytes, which they must fill without gaps. */
        private List<Entry> entries(Map<?, ?> header, long dataSize) {
            List<Entry> entries = new ArrayList<>();
            for (Map.Entry<?, ?> entry : header.entrySet()) {
                if (!METADATA.equals(entry.getKey())) {
                    entries.add(entry((String) entry.getKey(), entry.getValue(), dataSize));
                }
            }
            entries.sort(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to));
            long at = 0;
            for (Entry entry : entries) {
                require(entry.from() == at, "tensor '" + entry.name() + "' overlaps another or leaves a gap");
                at = entry.to();
            }
            require(at == dataSize, "holds " + dataSize + " bytes of values, but its header describes " + at);
            return entries;
        }

        private Entry entry(String name, @Nullable Object value, long dataSize) {
            require(value instanceof Map, "tensor '" + name + "' is not described by a map");
            Map<?, ?> fields = (Map<?, ?>) Objects.requireNonNull(value);
            require(
                    "F32".equals(fields.get("dtype")),
                    "tensor '" + name + "' has type " + fields.get("dtype") + "; only F32 is read");
            List<Long> range = numbers(name, "data_offsets", fields.get("data_offsets"), dataSize);
            List<Long> axes = numbers(name, "shape", fields.get("shape"), dataSize);
            require(
                    range.size() == 2 && range.get(0) <= range.get(1),
                    "tensor '" + name + "' has no proper data_offsets");
            require(axes.size() <= MAX_AXES, "tensor '" + name + "' has more than " + MAX_AXES + " axes");
            long size = 4;
            for (long axis : axes) {
                size = Math.min(size * Math.min(axis, MAX_FILE), MAX_FILE);
            }
            require(
                    size == range.get(1) - range.get(0),
                    "tensor '" + name + "' of shape " + axes + " does not fill its bytes");
            return new Entry(
                    name, new TensorShape(axes.stream().map(Long::intValue).toList()), range.get(0), range.get(1));
        }

        private List<Long> numbers(String tensor, String field, @Nullable Object value, long limit) {
            require(value instanceof List, "tensor '" + tensor + "' has no list as its " + field);
            List<Long> numbers = new ArrayList<>();
            for (Object number : (List<?>) Objects.requireNonNull(value)) {
                boolean whole = number instanceof Integer || number instanceof Long;
                require(
                        whole && ((Number) number).longValue() >= 0 && ((Number) number).longValue() <= limit,
                        "tensor '" + tensor + "' has " + number + " in its " + field);
                numbers.add(((Number) number).longValue());
            }
            return numbers;
        }

        private static NamedTensors tensors(List<Entry> entries, ByteBuffer values) {
            NamedTensors tensors = new NamedTensors();
            for (Entry entry : entries) {
                float[] target = new float[entry.shape().size()];
                values.position((int) entry.from());
                values.asFloatBuffer().get(target);
                tensors.put(entry.name(), new Tensor(entry.shape(), target));
            }
            return tensors;
        }

        private void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new CheckpointException(file + ": " + otherwise);
            }
        }
    }
}
