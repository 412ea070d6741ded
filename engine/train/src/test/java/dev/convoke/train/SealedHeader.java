package dev.convoke.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a file of a header's text: its length before it, behind it the values that the header speaks of, and the right digest
 * in it, which no fuzzer would find. So what reads the header gets to see it.
 */
final class SealedHeader {
    private static final Pattern DIGEST = Pattern.compile("\"file_sha256\":\"([0-9a-f]{64})\"");
    private static final Pattern END = Pattern.compile("\"data_offsets\":\\[[0-9]{1,9},([0-9]{1,9})\\]");
    private static final int MOST_VALUES = 1 << 16;

    private SealedHeader() {}

    /** The whole file; its values are zeros. */
    static byte[] file(byte[] header) {
        int values = 0;
        String text = new String(header, StandardCharsets.ISO_8859_1);
        for (Matcher end = END.matcher(text); end.find(); ) {
            values = Math.max(values, Math.min(MOST_VALUES, Integer.parseInt(end.group(1))));
        }
        byte[] file = ByteBuffer.allocate(Long.BYTES + header.length + values)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
        Matcher digest = DIGEST.matcher(text);
        if (digest.find()) {
            int place = Long.BYTES + digest.start(1);
            write(file, place, "0".repeat(64));
            MessageDigest sha256 = SafeTensors.sha256();
            write(file, place, HexFormat.of().formatHex(sha256.digest(file)));
        }
        return file;
    }

    private static void write(byte[] file, int place, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, file, place, bytes.length);
    }
}
