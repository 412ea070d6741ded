package dev.convoke.datasets;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipException;

/**
 * Reads the IDX format: two zero bytes, a type, a rank, the sizes as big-endian 32-bit numbers, then the elements.
 *
 * <p>Files may be gzip, of one or several members, or raw; the first bytes tell, not the name. The sizes in the header
 * are believed only as far as bytes follow: memory grows with what has been read, never beyond
 * {@link #MAX_PAYLOAD_BYTES}. An array must fill its file exactly.
 */
public final class IdxReader {
    /** Largest array that is read, 1 GiB: five times the largest file of the catalogue. */
    public static final long MAX_PAYLOAD_BYTES = 1L << 30;

    /** Most dimensions that are read. */
    public static final int MAX_RANK = 8;

    // No catalogue file is packed tighter than this, so that one allocation is enough for each of them.
    private static final int USUAL_GZIP_RATIO = 24;

    private IdxReader() {}

    /**
     * Reads the file at {@code path}, gzip or raw.
     *
     * @throws DatasetException if it cannot be read or is not one whole IDX array
     */
    public static IdxArray read(Path path) {
        try (InputStream file = regular(path)) {
            return read(Payload.unpack(file), path.toString(), likelyBytes(Files.size(path)));
        } catch (NoSuchFileException e) {
            throw new DatasetException(path + ": no such file", e);
        } catch (IOException e) {
            throw unreadable(path.toString(), e);
        }
    }

    private static InputStream regular(Path path) throws IOException {
        RegularFile.require(path);
        return Files.newInputStream(path);
    }

    /** Memory that a file of {@code storedBytes}, packed or not, may take on its header's word alone. */
    static long likelyBytes(long storedBytes) {
        return storedBytes * USUAL_GZIP_RATIO;
    }

    /**
     * Reads an array from a stream that is already unpacked.
     *
     * @param name what error messages call the stream
     * @param likelyBytes memory that may be taken on the header's word alone
     */
    static IdxArray read(InputStream payload, String name, long likelyBytes) {
        try {
            byte[] magic = header(payload, name, 4);
            IdxType type = type(magic, name);
            int[] shape = shape(payload, name, magic[3]);
            long bytes = payloadBytes(type, shape, name);
            byte[] data = Elements.read(payload, (int) bytes, likelyBytes, fault -> damaged(name, fault));
            return new IdxArray(type, shape, data);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private static byte[] header(InputStream payload, String name, int bytes) throws IOException {
        byte[] header = payload.readNBytes(bytes);
        if (header.length < bytes) {
            throw damaged(name, header.length == 0 ? "the file is empty or ends early" : "the header is cut short");
        }
        return header;
    }

    private static IdxType type(byte[] magic, String name) {
        if (magic[0] != 0 || magic[1] != 0) {
            throw damaged(name, String.format("magic number %02x%02x is not IDX (0000)", magic[0], magic[1]));
        }
        return IdxType.ofCode(magic[2] & 0xff)
                .orElseThrow(() -> damaged(name, String.format("type %02x is none of 08, 09, 0b to 0e", magic[2])));
    }

    private static int[] shape(InputStream payload, String name, byte rankByte) throws IOException {
        int rank = rankByte & 0xff;
        if (rank < 1 || rank > MAX_RANK) {
            throw damaged(name, "rank " + rank + " is not between 1 and " + MAX_RANK);
        }
        byte[] sizes = header(payload, name, 4 * rank);
        int[] shape = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
            shape[axis] = ByteBuffer.wrap(sizes).getInt(4 * axis);
            if (shape[axis] < 0) {
                String size = Integer.toUnsignedString(shape[axis]);
                throw damaged(name, "size " + size + " of dimension " + axis + " is negative or beyond 2147483647");
            }
        }
        return shape;
    }

    private static long payloadBytes(IdxType type, int[] shape, String name) {
        return Elements.bytes(shape, type.bytes())
                .orElseThrow(() -> damaged(
                        name,
                        "shape " + Arrays.toString(shape) + " of " + type + " is larger than the limit of "
                                + MAX_PAYLOAD_BYTES + " bytes"));
    }

    private static DatasetException damaged(String name, String fault) {
        return new DatasetException(name + ": " + fault + "; the file is damaged or not IDX: get it again");
    }

    /** The message for a file whose bytes could not be had. */
    static DatasetException unreadable(String name, IOException cause) {
        if (cause instanceof EOFException || cause instanceof ZipException) {
            String fault = cause instanceof EOFException ? "ends early" : DatasetException.reason(cause);
            return new DatasetException(name + ": the packed data is damaged (" + fault + "): get it again", cause);
        }
        return new DatasetException(name + ": cannot be read (" + DatasetException.reason(cause) + ")", cause);
    }
}
