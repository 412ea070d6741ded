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
    /** A pixel has a bit at least before it is packed, 1032 to 1. */
    PNG("png", 1032 * 8),
    /** A block of 8x8 pixels takes a bit at least; twice that, since components may be coarser than the picture. */
    JPEG("jpeg", 1024),
    /** A run of 255 pixels takes two bytes. */
    BMP("bmp", 128),
    /** A code of 12 bits stands for at most as many pixels as there are codes. */
    GIF("gif", 4096);

    private static final int HEAD_BYTES = 34;
    private static final int BMP_LEAST_BYTES = 18;
    private static final int BMP_HEADER_WITHOUT_COMPRESSION = 12;
    private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    /** Sizes that the second header of a BMP file may have: two bytes 'BM' alone may begin any text. */
    private static final Set<Integer> BMP_HEADERS = Set.of(12, 40, 52, 56, 64, 108, 124);

    /** Extensions of image files: such a file is never skipped silently. */
    private static final Set<String> PICTURE_ENDINGS = Set.of(
            "png", "jpg", "jpeg", "jpe", "jfif", "bmp", "dib", "gif", "tif", "tiff", "webp", "heic", "heif", "avif",
            "jp2", "pgm", "ppm", "pnm", "svg");

    private final String reader;
    private final int mostPixelsInByte;

    PictureFormat(String reader, int mostPixelsInByte) {
        this.reader = reader;
        this.mostPixelsInByte = mostPixelsInByte;
    }

    /** No more pixels than this stand in a byte of a file, however well they were packed. */
    long mostPixelsInByte() {
        return mostPixelsInByte;
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
        return isBmp(head) ? Optional.of(BMP) : Optional.empty();
    }

    private static boolean isBmp(byte[] head) {
        if (!startsWith(head, ascii("BM")) || head.length < BMP_LEAST_BYTES) {
            return false;
        }
        ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int header = fields.getInt(14);
        if (!BMP_HEADERS.contains(header)) {
            return false;
        }
        // 0 to 3 are pixels, runs of them and masks. Others are whole JPEG or PNG files, for printers, which the
        // decoder
        // gives whatever memory their header asks for.
        return header == BMP_HEADER_WITHOUT_COMPRESSION
                || (head.length >= HEAD_BYTES && fields.getInt(30) >= 0 && fields.getInt(30) <= 3);
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
