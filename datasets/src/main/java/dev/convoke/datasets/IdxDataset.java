package dev.convoke.datasets;

import dev.convoke.datasets.CatalogueFile.Part;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Reads a catalogue entry's four IDX files into a data set. */
final class IdxDataset {
    private final CatalogueEntry entry;
    private final Map<Part, LocatedFile> places;
    private final PayloadPins pins;

    /**
     * @param places locations of the four files
     * @param pins records payloads without a published digest
     */
    IdxDataset(CatalogueEntry entry, Map<Part, LocatedFile> places, PayloadPins pins) {
        this.entry = entry;
        this.pins = pins;
        this.places = Map.copyOf(places);
    }

    /**
     * Reads and checks everything.
     *
     * @throws DatasetException if a file is damaged, has the wrong digest, shape or type, or a label has no class
     */
    Dataset read() {
        // The two parts are independent and the machine usually has a second core.
        CompletableFuture<ImageSet> test = CompletableFuture.supplyAsync(
                () -> part(Part.TEST_IMAGES, Part.TEST_LABELS, entry.shape().test()));
        ImageSet train =
                part(Part.TRAIN_IMAGES, Part.TRAIN_LABELS, entry.shape().train());
        ImageSet tested = join(test);
        return new Dataset(
                entry.name(), train, tested, entry.classNames(), DatasetDigest.of(train, tested), origin(places));
    }

    /** The folders of the files as readable text. */
    static String origin(Map<Part, LocatedFile> places) {
        Set<String> folders = new LinkedHashSet<>();
        for (LocatedFile place : places.values()) {
            folders.add(place.folder());
        }
        return String.join(", ", folders);
    }

    private static ImageSet join(CompletableFuture<ImageSet> part) {
        try {
            return part.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof DatasetException fault) {
                throw fault;
            }
            throw e;
        }
    }

    private ImageSet part(Part imagePart, Part labelPart, int count) {
        LocatedFile imagePlace = place(imagePart);
        LocatedFile labelPlace = place(labelPart);
        byte[] labels = labels(PayloadReader.read(entry.file(labelPart), labelPlace, pins), labelPlace);
        IdxArray images = PayloadReader.read(entry.file(imagePart), imagePlace, pins);
        int height = entry.shape().height();
        int width = entry.shape().width();
        if (images.type() != IdxType.UINT8
                || images.rank() != 3
                || images.size(0) != count
                || images.size(1) != height
                || images.size(2) != width) {
            throw unlike(imagePlace, images, "UINT8 " + count + "x" + height + "x" + width);
        }
        if (labels.length != count) {
            throw new DatasetException(
                    labelPlace + ": holds " + labels.length + " labels, expected " + count + "; get the file again");
        }
        if (entry.pixelOrder() == PixelOrder.COLUMN_MAJOR) {
            transpose(images.data(), height, width);
        }
        return new ImageSet(height, width, 1, images.data(), labels);
    }

    private LocatedFile place(Part part) {
        LocatedFile place = places.get(part);
        if (place == null) {
            throw new IllegalStateException(entry.name() + " is read without " + part);
        }
        return place;
    }

    private byte[] labels(IdxArray array, LocatedFile place) {
        boolean rows = array.rank() == 2 && array.size(1) > 0;
        if (!array.type().isInteger() || (array.rank() != 1 && !rows)) {
            throw unlike(place, array, "whole numbers, one or one row an image");
        }
        // Extended labels, as QMNIST has them, are rows whose first column is the class.
        int columns = rows ? array.size(1) : 1;
        byte[] labels = new byte[array.size(0)];
        for (int i = 0; i < labels.length; i++) {
            int label = (int) array.get(i * columns);
            if (label < 0 || label >= entry.classNames().size()) {
                throw new DatasetException(place + ": label " + label + " of image " + i + " is not one of the "
                        + entry.classNames().size() + " classes, 0 to "
                        + (entry.classNames().size() - 1) + "; get the file again");
            }
            labels[i] = (byte) label;
        }
        return labels;
    }

    private static DatasetException unlike(LocatedFile place, IdxArray found, String expected) {
        return new DatasetException(place + ": holds " + found + ", expected " + expected + "; get the file again");
    }

    /** Turns pixels [N, W, H] into [N, H, W], in place. */
    static void transpose(byte[] pixels, int height, int width) {
        byte[] columns = new byte[height * width];
        for (int image = 0; image < pixels.length; image += columns.length) {
            System.arraycopy(pixels, image, columns, 0, columns.length);
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    pixels[image + row * width + column] = columns[column * height + row];
                }
            }
        }
    }
}
