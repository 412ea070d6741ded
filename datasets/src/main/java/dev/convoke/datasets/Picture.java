package dev.convoke.datasets;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * One image, PNG, JPEG, BMP or GIF (first frame), as 8-bit samples: gray if the file is gray (with or without transparency)
 * or its palette contains only grays, otherwise red-green-blue. Sixteen bits are scaled to eight by rounding, fewer by
 * stretching to 0..255. Transparent pixels are blended over white, as in viewers and browsers: drawings on a transparent
 * background are mostly dark.
 */
final class Picture {
    /** Most pixels a picture may have; its header is believed only below that. */
    static final int MAX_PIXELS = 1 << 25;

    /** Largest file that is read. */
    static final long MAX_FILE_BYTES = 1 << 26;

    private static final int PNG_HEADER_BYTES = 26;
    private static final int MOST_BANDS = 4;

    /** Bytes that one byte of deflate can stand for: 258, by a length and a distance of one bit each. */
    private static final long MOST_INFLATED = 1032;

    static {
        // Pictures are decoded, never shown: without this a desktop would be looked for.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
    }

    private final PictureSize size;
    private final int channels;
    private final byte[] samples;

    private Picture(PictureSize size, int channels, byte[] samples) {
        this.size = size;
        this.channels = channels;
        this.samples = samples;
    }

    PictureSize size() {
        return size;
    }

    /** 1 for gray, 3 for red, green, blue. */
    int channels() {
        return channels;
    }

    /** The samples, {@code [H, W, C]}, unsigned; not to be written. */
    byte[] samples() {
        return samples;
    }

    /** This picture in another size, stretched or shrunk in each direction by itself. */
    Picture resized(PictureSize to) {
        return to.equals(size) ? this : new Picture(to, channels, Resampling.resize(samples, size, channels, to));
    }

    /**
     * The size of {@code file}, by its header alone.
     *
     * @throws DatasetException if it is no picture, damaged or too large
     */
    static PictureSize sizeOf(Path file) {
        try {
            PictureFormat format = format(file);
            if (format == PictureFormat.PNG) {
                try (InputStream stream = Files.newInputStream(file)) {
                    return pngSize(file.toString(), stream.readNBytes(PNG_HEADER_BYTES), Files.size(file));
                }
            }
            try (ImageInputStream stream = new FileImageInputStream(file.toFile())) {
                return size(file.toString(), format, stream, Files.size(file));
            }
        } catch (IOException | RuntimeException e) {
            throw damaged(file.toString(), e);
        }
    }

    /**
     * Reads and decodes {@code file}.
     *
     * @throws DatasetException if it is no picture, damaged or too large
     */
    static Picture read(Path file) {
        try {
            format(file);
            return decode(file.toString(), Files.readAllBytes(file));
        } catch (IOException | RuntimeException e) {
            throw damaged(file.toString(), e);
        }
    }

    /**
     * Decodes the content of a file.
     *
     * @param source what messages call it
     * @throws DatasetException if it is no picture, damaged or too large
     */
    static Picture decode(String source, byte[] bytes) {
        try {
            PictureFormat format = PictureFormat.of(bytes)
                    .orElseThrow(() ->
                            new DatasetException(source + ": is not a PNG, JPEG, BMP or GIF picture; convert it"));
            if (format == PictureFormat.PNG) {
                pngSize(source, bytes, bytes.length);
            } else {
                try (ImageInputStream stream = stream(bytes)) {
                    size(source, format, stream, bytes.length);
                }
            }
            return decode(format, bytes);
        } catch (IOException | RuntimeException e) {
            throw damaged(source, e);
        }
    }

    private static DatasetException damaged(String file, Exception cause) {
        if (cause instanceof DatasetException known) {
            return known;
        }
        // ImageIO throws various exceptions for corrupt files.
        return new DatasetException(
                file + ": cannot be decoded (" + DatasetException.reason(cause)
                        + "); replace it, convert it to PNG, or remove it",
                cause);
    }

    private static PictureFormat format(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(
                    file + (Files.exists(file) ? ": is not a file; give a picture" : ": no such file"));
        }
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new DatasetException(file + ": larger than " + MAX_FILE_BYTES + " bytes; make the picture smaller");
        }
        return PictureFormat.of(file)
                .orElseThrow(() ->
                        new DatasetException(file + ": is not a PNG, JPEG, BMP or GIF picture; convert or remove it"));
    }

    /** Reads the size itself: ImageIO would unpack text chunks on its way. */
    private static PictureSize pngSize(String file, byte[] head, long bytes) {
        if (head.length < PNG_HEADER_BYTES) {
            throw new DatasetException(file + ": ends within its header; replace or remove it");
        }
        ByteBuffer header = ByteBuffer.wrap(head);
        PictureSize size = checked(file, header.getInt(16), header.getInt(20));
        int bits = (header.get(24) & 0xff) * samplesOf(header.get(25));
        long rowBytes = 1 + ((long) size.width() * bits + 7) / 8;
        requireFit(file, size, size.height() * rowBytes, MOST_INFLATED * bytes);
        return size;
    }

    /** Samples of a pixel, by PNG's color type; a type that is none is left to the decoder to refuse. */
    private static int samplesOf(int colorType) {
        return switch (colorType) {
            case 2 -> 3;
            case 4 -> 2;
            case 6 -> 4;
            default -> 1;
        };
    }

    private static PictureSize size(String file, PictureFormat format, ImageInputStream stream, long bytes)
            throws IOException {
        ImageReader reader =
                ImageIO.getImageReadersByFormatName(format.reader()).next();
        try {
            reader.setInput(stream, true, true);
            PictureSize size = checked(file, reader.getWidth(0), reader.getHeight(0));
            requireFit(file, size, size.area(), format.mostPixelsInByte() * bytes);
            return size;
        } finally {
            reader.dispose();
        }
    }

    /** The decoder takes memory for all pixels that a header states, whether or not any follow. */
    private static void requireFit(String file, PictureSize size, long stated, long most) {
        if (stated > most) {
            throw new DatasetException(file + ": states " + size + " pixels, more than so short a file can hold; it is"
                    + " damaged: replace or remove it");
        }
    }

    private static PictureSize checked(String file, int width, int height) {
        if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
            throw new DatasetException(file + ": is " + width + "x" + height + " pixels, more than " + MAX_PIXELS
                    + " or none; make the picture smaller");
        }
        return new PictureSize(width, height);
    }

    private static ImageInputStream stream(byte[] bytes) {
        return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
    }

    private static Picture decode(PictureFormat format, byte[] bytes) throws IOException {
        ImageReader reader =
                ImageIO.getImageReadersByFormatName(format.reader()).next();
        try (ImageInputStream stream = stream(bytes)) {
            // Without metadata no text or profile chunk is unpacked, whatever its size.
            reader.setInput(stream, true, true);
            return of(reader.read(0));
        } finally {
            reader.dispose();
        }
    }

    /** The samples of an image in memory. */
    static Picture of(BufferedImage image) {
        ColorModel model = image.getColorModel();
        int channels = isGray(model) ? 1 : 3;
        PictureSize size = new PictureSize(image.getWidth(), image.getHeight());
        byte[] samples = new byte[size.area() * channels];
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        int[] row = new int[size.width() * bands];
        int[] band = new int[Math.max(bands, MOST_BANDS)];
        int[] pixel = new int[4];
        int next = 0;
        for (int y = 0; y < size.height(); y++) {
            raster.getPixels(0, y, size.width(), 1, row);
            for (int x = 0; x < size.width(); x++) {
                System.arraycopy(row, x * bands, band, 0, bands);
                unpack(model, band, pixel);
                for (int channel = 0; channel < channels; channel++) {
                    samples[next++] = (byte) overWhite(pixel[channel], pixel[3]);
                }
            }
        }
        return new Picture(size, channels, samples);
    }

    private static boolean isGray(ColorModel model) {
        if (!(model instanceof IndexColorModel palette)) {
            return model.getNumColorComponents() == 1;
        }
        for (int i = 0; i < palette.getMapSize(); i++) {
            if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Spreads raster values into red, green, blue, alpha, 0 to 255. The samples are taken as they are: Java's own
     * conversion would apply a gamma to gray.
     */
    private static void unpack(ColorModel model, int[] bands, int[] pixel) {
        if (model instanceof IndexColorModel palette) {
            pixel[0] = palette.getRed(bands[0]);
            pixel[1] = palette.getGreen(bands[0]);
            pixel[2] = palette.getBlue(bands[0]);
            pixel[3] = palette.getAlpha(bands[0]);
            return;
        }
        int colors = model.getNumColorComponents();
        for (int i = 0; i < 3; i++) {
            int band = Math.min(i, colors - 1);
            pixel[i] = toByte(bands[band], model.getComponentSize(band));
        }
        pixel[3] = model.hasAlpha() ? toByte(bands[colors], model.getComponentSize(colors)) : 255;
    }

    private static int toByte(int sample, int bits) {
        int most = (1 << bits) - 1;
        return (sample * 255 + most / 2) / most;
    }

    private static int overWhite(int sample, int alpha) {
        return (sample * alpha + 255 * (255 - alpha) + 127) / 255;
    }
}
