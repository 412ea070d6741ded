package dev.convoke.datasets;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The splits of user data. Without a test split, the validation split is used instead; without both, the third of every
 * five images of each class becomes the test split. Either case is reported.
 */
final class SetParts {
    private final String source;
    private final Map<SetPart, ImageSet> parts;

    /**
     * @param source what messages call the data
     * @param parts of one image size and number of channels; {@link SetPart#TRAIN} is among them
     */
    SetParts(String source, Map<SetPart, ImageSet> parts) {
        this.source = source;
        this.parts = Map.copyOf(parts);
    }

    /**
     * The data set.
     *
     * @throws DatasetException if a part is empty or of other images than the training part, or a class has too few images
     *     to keep one for testing
     */
    Dataset toDataset(String name, List<String> classNames, Progress progress) {
        ImageSet train = part(SetPart.TRAIN);
        if (train == null) {
            throw new DatasetException(source + ": has no training part; name it 'train'");
        }
        checkShapes(train);
        ImageSet validation = part(SetPart.VALIDATION);
        ImageSet test = part(SetPart.TEST);
        if (test != null) {
            return dataset(name, train, Optional.ofNullable(validation), test, classNames);
        }
        if (validation != null) {
            progress.notice(source + ": has no test part, so its validation part (" + validation.count()
                    + " images) is the test part");
            return dataset(name, train, Optional.empty(), validation, classNames);
        }
        return split(name, train, classNames, progress);
    }

    private Dataset split(String name, ImageSet all, List<String> classNames, Progress progress) {
        requireEnough(all, classNames);
        StratifiedSplit split = new StratifiedSplit(all.labels());
        ImageSet train = all.select(split.train());
        ImageSet test = all.select(split.test());
        progress.notice(source + ": has no test part, so the third of every five images of a class is for testing ("
                + test.count() + " of " + all.count() + ")");
        return dataset(name, train, Optional.empty(), test, classNames);
    }

    private void requireEnough(ImageSet all, List<String> classNames) {
        int[] counts = new int[classNames.size()];
        for (int label : all.labels()) {
            counts[label]++;
        }
        for (int label = 0; label < classNames.size(); label++) {
            if (counts[label] > 0 && counts[label] < StratifiedSplit.LEAST_PER_CLASS) {
                throw new DatasetException(source + ": class '" + classNames.get(label) + "' holds fewer than "
                        + StratifiedSplit.LEAST_PER_CLASS
                        + " images, too few to keep one for testing; add some, or a test part");
            }
        }
    }

    private void checkShapes(ImageSet train) {
        parts.forEach((part, images) -> {
            if (images.count() == 0) {
                throw new DatasetException(source + ": the " + part.word() + " part holds no images");
            }
            if (images.height() != train.height()
                    || images.width() != train.width()
                    || images.channels() != train.channels()) {
                throw new DatasetException(source + ": the " + part.word() + " part has images of " + shape(images)
                        + ", the train part of " + shape(train) + " (height x width x channels); make them the same");
            }
        });
    }

    private @Nullable ImageSet part(SetPart part) {
        return parts.get(part);
    }

    private Dataset dataset(
            String name, ImageSet train, Optional<ImageSet> validation, ImageSet test, List<String> classNames) {
        return new Dataset(
                name, train, validation, test, classNames, DatasetDigest.of(train, validation, test), source);
    }

    private static String shape(ImageSet images) {
        return images.height() + "x" + images.width() + "x" + images.channels();
    }
}
