package dev.convoke.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The elements of an array after a header with their number. The header is not trusted: memory is allocated as data are
 * read, never more than {@link IdxReader#MAX_PAYLOAD_BYTES}.
 */
final class Elements {
    private static final int BLOCK_BYTES = 1 << 20;

    private Elements() {}

    /** Bytes of an array of {@code shape}, sizes from 0 up; empty if they are more than are read. */
    static OptionalLong bytes(int[] shape, int elementBytes) {
        long bytes = elementBytes;
        boolean empty = Arrays.stream(shape).anyMatch(size -> size == 0);
        for (int size : shape) {
            // At most 2^30 * 2^31 at each step: no overflow.
            bytes = empty ? 0 : bytes * size;
            if (bytes > IdxReader.MAX_PAYLOAD_BYTES) {
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(bytes);
    }

    /**
     * Reads the rest of {@code payload}, which is to be {@code bytes} long.
     *
     * @param likelyBytes memory that may be taken on the header's word alone
     * @param damaged makes an exception of a fault
     */
    static byte[] read(InputStream payload, int bytes, long likelyBytes, Function<String, DatasetException> damaged)
            throws IOException {
        byte[] data = new byte[(int) Math.min(bytes, Math.max(likelyBytes, BLOCK_BYTES))];
        int filled = 0;
        while (filled < bytes) {
            if (filled == data.length) {
                data = Arrays.copyOf(data, (int) Math.min(bytes, 2L * data.length));
            }
            int read = payload.read(data, filled, Math.min(BLOCK_BYTES, data.length - filled));
            if (read < 0) {
                throw damaged.apply(
                        "holds " + filled + " of the " + bytes + " payload bytes that its header announces");
            }
            filled += read;
        }
        if (payload.read() >= 0) {
            throw damaged.apply("bytes follow the last of the " + bytes + " that the header announces");
        }
        return data;
    }
}
