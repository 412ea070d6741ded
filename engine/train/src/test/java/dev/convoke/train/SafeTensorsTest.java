package dev.convoke.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.NamedTensors;
import dev.convoke.model.TensorShape;
import dev.convoke.plan.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
    @TempDir
    Path folder;

    private static SafeTensors sample() {
        NamedTensors tensors = new NamedTensors();
        tensors.put("a", new Tensor(TensorShape.of(2, 3), new float[] {1, 2, 3, Float.NaN, -0f, 1e-40f}));
        tensors.put("b/c", new Tensor(TensorShape.of(1), new float[] {Float.POSITIVE_INFINITY}));
        return new SafeTensors(Map.of("note", "quotes \" and ünïcode"), tensors);
    }

    /** A file of the format with any header and payload. */
    private Path file(String header, int payload) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + payload).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        return Files.write(folder.resolve("any"), bytes.array());
    }

    private static String refusal(Path file) {
        String message = assertThrows(CheckpointException.class, () -> SafeTensors.read(file))
                .getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void everyBitOfEveryTensorReadsBack() {
        Path file = folder.resolve("sample");
        sample().write(file);
        SafeTensors read = SafeTensors.read(file);
        assertEquals(sample().metadata(), read.metadata());
        assertEquals(List.of("a", "b/c"), List.copyOf(read.tensors().names()));
        assertEquals(TensorShape.of(2, 3), read.tensors().get("a").shape());
        int[] expected = bits(sample().tensors().get("a").values());
        assertArrayEquals(expected, bits(read.tensors().get("a").values()));
        assertEquals(Float.POSITIVE_INFINITY, read.tensors().get("b/c").values()[0]);
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }

    @Test
    void theHeaderStartsWithItsLengthLittleEndianAndIsPaddedToEightBytes() throws IOException {
        Path file = folder.resolve("sample");
        sample().write(file);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long header = bytes.getLong();
        assertEquals(0, header % 8);
        assertEquals(8 + header + 7 * 4, Files.size(file));
        assertEquals('{', (char) bytes.get());
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        Path file = folder.resolve("sample");
        sample().write(file);
        byte[] whole = Files.readAllBytes(file);
        Path cut = folder.resolve("cut");
        for (int length = 0; length < whole.length; length += 5) {
            Files.write(cut, Arrays.copyOf(whole, length));
            refusal(cut);
        }
    }

    @Test
    void aChangedValueIsFoundByItsDigest() throws IOException {
        Path file = folder.resolve("sample");
        sample().write(file);
        byte[] whole = Files.readAllBytes(file);
        whole[whole.length - 2] ^= 1;
        Files.write(file, whole);
        assertTrue(refusal(file).contains("damaged"));
    }

    @Test
    void aMissingFileIsNamed() {
        assertTrue(refusal(folder.resolve("nothing")).contains("no such file"));
    }

    @Test
    void aHeaderLengthBeyondTheFileAllocatesNothing() throws IOException {
        Path file = folder.resolve("huge");
        Files.write(
                file,
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(Long.MAX_VALUE)
                        .array());
        assertTrue(refusal(file).contains("header"));
    }

    @Test
    void filesOfOthersWithoutADigestAreRead() throws IOException {
        Path file = file("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8);
        assertEquals(2, SafeTensors.read(file).tensors().get("x").values().length);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"x":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}          | tensor 'x' has type F16
            {"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}          | tensor 'x' of shape [3] does not fill
            {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}         | tensor 'x' has 16 in its data_offsets
            {"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}         | tensor 'x' has -2 in its shape
            {"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}          | tensor 'x' has no proper data_offsets
            {"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}            | tensor 'x' has no list as its shape
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}          | holds 8 bytes of values, but its header describes 4
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}          | tensor 'x' overlaps another or leaves a gap
            {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{}}   | its header is not JSON
            {"x":5}                                                         | tensor 'x' is not described by a map
            {"__metadata__":{"a":1}}                                        | __metadata__.a is not a string
            [1,2]                                                           | its header is not JSON
            """)
    void aHeaderThatCannotBeIsRefused(String header, String reason) throws IOException {
        String message = refusal(file(header, 8));
        assertTrue(message.contains(reason), message);
    }
}
