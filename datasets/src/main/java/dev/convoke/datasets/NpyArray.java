package dev.convoke.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array of whole numbers in NumPy's NPY format (versions 1 to 3): a magic number, a header that is a Python dictionary of
 * exactly {@code descr}, {@code fortran_order} and {@code shape}, then the elements, which must fill the file exactly. Nothing
 * else of Python is understood; pickled objects are refused.
 */
final class NpyArray {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER_BYTES = 1 << 16;
    private static final int MAX_RANK = 8;
    private static final Pattern ENTRY = Pattern.compile(
            "\\s*'(descr|fortran_order|shape)'\\s*:\\s*('[^']{1,16}'|True|False|\\([0-9, ]{0,128}\\))\\s*(?:,|$)");
    private static final Pattern WHOLE = Pattern.compile("([<>|=])([ui])([1248])");

    private final String name;
    private final String type;
    private final ByteOrder order;
    private final boolean signed;
    private final int elementBytes;
    private final int[] shape;
    private final byte[] data;

    private NpyArray(String name, Matcher type, int[] shape, byte[] data) {
        this.name = name;
        this.type = type.group();
        this.order = type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        this.signed = type.group(2).equals("i");
        this.elementBytes = Integer.parseInt(type.group(3));
        this.shape = shape;
        this.data = data;
    }

    /**
     * Reads one array.
     *
     * @param name what error messages call it
     * @param likelyBytes memory that may be taken on the header's word alone
     * @throws DatasetException if it is not NPY, damaged, too large, or of other elements than whole numbers
     */
    static NpyArray read(InputStream stream, String name, long likelyBytes) throws IOException {
        Map<String, String> header = header(stream, name);
        String descr = unquoted(header.getOrDefault("descr", ""));
        Matcher type = WHOLE.matcher(descr);
        if (!type.matches()) {
            throw new DatasetException(name + ": holds elements of type '" + descr
                    + "'; save whole numbers, pixels as uint8: x.astype('uint8'), with values from 0 to 255");
        }
        if (!"False".equals(header.get("fortran_order"))) {
            throw new DatasetException(name + ": is in column order; save numpy.ascontiguousarray of it");
        }
        int[] shape = shape(header.getOrDefault("shape", ""), name);
        int bytes = (int) Elements.bytes(shape, Integer.parseInt(type.group(3)))
                .orElseThrow(() -> damaged(
                        name,
                        "shape " + Arrays.toString(shape) + " of '" + descr + "' is larger than the limit of "
                                + IdxReader.MAX_PAYLOAD_BYTES + " bytes"));
        return new NpyArray(
                name, type, shape, Elements.read(stream, bytes, likelyBytes, fault -> damaged(name, fault)));
    }

    private static Map<String, String> header(InputStream stream, String name) throws IOException {
        byte[] magic = bytes(stream, MAGIC.length + 2, name);
        int version = magic[MAGIC.length];
        if (!Arrays.equals(Arrays.copyOf(magic, MAGIC.length), MAGIC) || version < 1 || version > 3) {
            throw damaged(name, "the magic number is not NPY's, or its version not 1 to 3");
        }
        ByteBuffer length =
                ByteBuffer.wrap(bytes(stream, version == 1 ? 2 : 4, name)).order(ByteOrder.LITTLE_ENDIAN);
        long headerBytes = version == 1 ? length.getShort() & 0xffff : length.getInt() & 0xffffffffL;
        if (headerBytes > MAX_HEADER_BYTES) {
            throw damaged(name, "the header is announced as " + headerBytes + " bytes");
        }
        return entries(new String(bytes(stream, (int) headerBytes, name), StandardCharsets.ISO_8859_1), name);
    }

    private static Map<String, String> entries(String header, String name) {
        String text = header.strip();
        if (!text.startsWith("{") || !text.endsWith("}")) {
            throw damaged(name, "the header is no dictionary");
        }
        String inner = text.substring(1, text.length() - 1).strip();
        Map<String, String> entries = new HashMap<>();
        Matcher entry = ENTRY.matcher(inner);
        int at = 0;
        while (at < inner.length()) {
            if (!entry.find(at) || entry.start() != at || entries.put(entry.group(1), entry.group(2)) != null) {
                throw damaged(name, "the header is not of 'descr', 'fortran_order' and 'shape' alone");
            }
            at = entry.end();
        }
        if (entries.size() != 3) {
            throw damaged(name, "the header lacks one of 'descr', 'fortran_order' and 'shape'");
        }
        return entries;
    }

    private static String unquoted(String value) {
        return value.startsWith("'") ? value.substring(1, value.length() - 1) : value;
    }

    private static int[] shape(String tuple, String name) {
        String inner = tuple.replaceAll("[() ]", "");
        String[] sizes = inner.isEmpty() ? new String[0] : inner.split(",", -1);
        // Python writes a tuple of one with a comma behind it.
        int rank = sizes.length > 0 && sizes[sizes.length - 1].isEmpty() ? sizes.length - 1 : sizes.length;
        int[] shape = new int[rank];
        try {
            for (int axis = 0; axis < rank; axis++) {
                shape[axis] = Integer.parseInt(sizes[axis]);
            }
        } catch (NumberFormatException e) {
            throw damaged(name, "the shape " + tuple + " is not one");
        }
        if (!tuple.startsWith("(") || rank > MAX_RANK) {
            throw damaged(name, "the shape " + tuple + " is not one of at most " + MAX_RANK + " sizes");
        }
        return shape;
    }

    private static byte[] bytes(InputStream stream, int count, String name) throws IOException {
        byte[] bytes = stream.readNBytes(count);
        if (bytes.length < count) {
            throw damaged(name, "the header is cut short");
        }
        return bytes;
    }

    private static DatasetException damaged(String name, String fault) {
        return new DatasetException(name + ": " + fault + "; the file is damaged or not NPY: save it again");
    }

    /** Shape and name, for the images' sake. */
    NumberedImages.Shape shape() {
        return new NumberedImages.Shape(name, shape);
    }

    /**
     * The shared bytes of an array of unsigned bytes.
     *
     * @throws DatasetException if the elements are others
     */
    byte[] unsignedBytes() {
        if (signed || elementBytes != 1) {
            throw new DatasetException(name + ": holds elements of type '" + type
                    + "'; save pixels as uint8: x.astype('uint8'), with values from 0 to 255");
        }
        return data;
    }

    /** Element {@code index} in row-major order; unsigned ones of eight bytes beyond the range of long come out negative. */
    long get(int index) {
        ByteBuffer elements = ByteBuffer.wrap(data).order(order);
        return switch (elementBytes) {
            case 1 -> signed ? data[index] : data[index] & 0xff;
            case 2 -> signed ? elements.getShort(index * 2) : elements.getShort(index * 2) & 0xffff;
            case 4 -> signed ? elements.getInt(index * 4) : elements.getInt(index * 4) & 0xffffffffL;
            default -> elements.getLong(index * 8);
        };
    }
}
