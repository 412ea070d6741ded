package dev.convoke.datasets;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A published data set: description, download locations, and digests for verification.
 *
 * @param name its name on the command line and in suites
 * @param title its authors' name for it
 * @param files the four files, in the order of {@link CatalogueFile.Part}
 * @param mirrors base URLs, each ending in a slash, tried in this order
 * @param bundle the archive to download, if the files are not published individually
 * @param shape counts and size of the images
 * @param pixelOrder order of an image's pixels in the files
 * @param classNames one name per class, in label order
 * @param systemFolder folder of a Linux distribution's package, if there is one
 * @param credit authors and license
 */
public record CatalogueEntry(
        String name,
        String title,
        List<CatalogueFile> files,
        List<URI> mirrors,
        Optional<Bundle> bundle,
        Shape shape,
        PixelOrder pixelOrder,
        List<String> classNames,
        Optional<Path> systemFolder,
        Credit credit) {

    /**
     * A zip archive that holds the files among others.
     *
     * @param name its file name
     * @param bytes its size
     * @param digests its digests
     */
    public record Bundle(String name, long bytes, CatalogueFile.PackedDigests digests) {}

    /**
     * Images of a published set; all are gray.
     *
     * @param train number of training images
     * @param test number of test images
     * @param height rows of an image
     * @param width columns of an image
     */
    public record Shape(int train, int test, int height, int width) {}

    /**
     * Terms and thanks.
     *
     * @param license license of the data, as the authors or the common loaders state it
     * @param citation the paper to cite
     * @param homepage where the authors describe it
     */
    public record Credit(String license, String citation, URI homepage) {}

    public CatalogueEntry {
        files = List.copyOf(files);
        mirrors = List.copyOf(mirrors);
        classNames = List.copyOf(classNames);
        if (files.size() != CatalogueFile.Part.values().length) {
            throw new IllegalArgumentException(name + " has " + files.size() + " files, not one a part");
        }
    }

    /** The file that holds {@code part}. */
    public CatalogueFile file(CatalogueFile.Part part) {
        return files.stream().filter(file -> file.part() == part).findFirst().orElseThrow();
    }

    /** Bytes that a download of everything transfers. */
    public long downloadBytes() {
        return bundle.map(Bundle::bytes)
                .orElseGet(() ->
                        files.stream().mapToLong(CatalogueFile::packedBytes).sum());
    }
}
