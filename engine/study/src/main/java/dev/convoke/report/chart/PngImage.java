package dev.convoke.report.chart;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Small pictures as PNG (ISO/IEC 15948): 8 bits a sample, gray or red-green-blue. */
public final class PngImage {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int GRAY = 0;
    private static final int RGB = 2;

    private PngImage() {}

    /**
     * A picture as a data URI.
     *
     * @param pixels {@code [H, W, C]}, unsigned; C is 1 or 3
     */
    public static String dataUri(int height, int width, int channels, byte[] pixels) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(encode(height, width, channels, pixels));
    }

    static byte[] encode(int height, int width, int channels, byte[] pixels) {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("a picture has 1 or 3 channels, not " + channels);
        }
        if (height < 1 || width < 1 || pixels.length != height * width * channels) {
            throw new IllegalArgumentException(pixels.length + " bytes are no picture of " + height + "x" + width);
        }
        try {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            file.write(SIGNATURE);
            DataOutputStream out = new DataOutputStream(file);
            chunk(out, "IHDR", header(height, width, channels == 1 ? GRAY : RGB));
            chunk(out, "IDAT", scanLines(height, width * channels, pixels));
            chunk(out, "IEND", new byte[0]);
            return file.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] header(int height, int width, int color) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(width);
        out.writeInt(height);
        out.write(new byte[] {8, (byte) color, 0, 0, 0});
        return bytes.toByteArray();
    }

    /** Each line behind its filter byte, which is 0: none. */
    private static byte[] scanLines(int height, int lineBytes, byte[] pixels) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
            for (int row = 0; row < height; row++) {
                out.write(0);
                out.write(pixels, row * lineBytes, lineBytes);
            }
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }
}
