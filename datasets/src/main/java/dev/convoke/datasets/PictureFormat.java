package dev.convoke.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The supported image formats, detected by the first bytes of a file, not by its name. */
enum PictureFormat {
    PNG("png"),
    JPEG("jpeg"),
    BMP("bmp"),
    GIF("gif");

    private static final int HEAD_BYTES = 18;
    private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    /** Sizes that the second header of a BMP file may have: two bytes 'BM' alone may begin any text. */
    private static final Set<Integer> BMP_HEADERS = Set.of(12, 40, 52, 56, 64, 108, 124);

    /** Extensions of image files: such a file is never skipped silently. */
    private static final Set<String> PICTURE_ENDINGS = Set.of(
            "png", "jpg", "jpeg", "jpe", "jfif", "bmp", "dib", "gif", "tif", "tiff", "webp", "heic", "heif", "avif",
            "jp2", "pgm", "ppm", "pnm", "svg");

    private final String reader;

    PictureFormat(String reader) {
        this.reader = reader;
    }

    /** What ImageIO calls it. */
    String reader() {
        return reader;
    }

    /** The format of {@code file}; empty if it is none of these. */
    static Optional<PictureFormat> of(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return of(stream.readNBytes(HEAD_BYTES));
        }
    }

    /** The format of a file that begins with {@code head}. */
    static Optional<PictureFormat> of(byte[] head) {
        if (startsWith(head, PNG_SIGNATURE)) {
            return Optional.of(PNG);
        }
        if (startsWith(head, new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff})) {
            return Optional.of(JPEG);
        }
        if (startsWith(head, ascii("GIF87a")) || startsWith(head, ascii("GIF89a"))) {
            return Optional.of(GIF);
        }
        boolean bmp = startsWith(head, ascii("BM"))
                && head.length >= HEAD_BYTES
                && BMP_HEADERS.contains(
                        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt(14));
        return bmp ? Optional.of(BMP) : Optional.empty();
    }

    /** Whether the file's name ends as a picture's does, of whatever format. */
    static boolean isNamedLikeOne(Path file) {
        String name = String.valueOf(file.getFileName());
        return PICTURE_ENDINGS.contains(
                name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private static boolean startsWith(byte[] head, byte[] signature) {
        return head.length >= signature.length
                && ByteBuffer.wrap(head, 0, signature.length).equals(ByteBuffer.wrap(signature));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
