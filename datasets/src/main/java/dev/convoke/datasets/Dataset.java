package dev.convoke.datasets;

import java.util.List;
import java.util.Optional;

/**
 * A data set with its published split.
 *
 * @param name catalogue name, such as {@code mnist}, or the folder's or file's name for user data
 * @param train training images
 * @param validation images set aside for validation, if the data have such a split
 * @param test test images, of the same size as the training images
 * @param classNames one name per class, in label order
 * @param digest SHA-256 over pixels and labels of all splits, as lower-case hexadecimal; recorded in results
 * @param origin readable location of the files: a folder, {@code bundled}
 */
public record Dataset(
        String name,
        ImageSet train,
        Optional<ImageSet> validation,
        ImageSet test,
        List<String> classNames,
        String digest,
        String origin) {

    public Dataset {
        classNames = List.copyOf(classNames);
    }

    /** A data set without a validation part. */
    public Dataset(String name, ImageSet train, ImageSet test, List<String> classNames, String digest, String origin) {
        this(name, train, Optional.empty(), test, classNames, digest, origin);
    }

    /** Number of classes. */
    public int classes() {
        return classNames.size();
    }
}
