package dev.convoke.cli;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.ImageSet;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whether some classes of a data set have far more images than others, and the weights that make up for it. */
final class ClassBalance {
    /** From this factor between the largest and the smallest class on, a remark is made. */
    private static final int NOTABLE = 3;

    /** More weights than this are not read in a line. */
    private static final int MOST_WEIGHTS = 20;

    private ClassBalance() {}

    /** A line on the training images' classes; empty if none is much larger than another. */
    static Optional<String> remark(Dataset dataset) {
        ImageSet train = dataset.train();
        if (!train.hasClasses() || dataset.classes() < 2) {
            return Optional.empty();
        }
        int[] counts = new int[dataset.classes()];
        Arrays.stream(train.labels()).forEach(label -> counts[label]++);
        List<Integer> bySize = IntStream.range(0, counts.length)
                .boxed()
                .sorted((a, b) -> Integer.compare(counts[a], counts[b]))
                .toList();
        int smallest = bySize.get(0);
        int largest = bySize.get(bySize.size() - 1);
        if (counts[largest] < NOTABLE * counts[smallest]) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "classes are not balanced: '%s' has %,d training images, '%s' %,d%s",
                dataset.classNames().get(largest),
                counts[largest],
                dataset.classNames().get(smallest),
                counts[smallest],
                counts[smallest] > 0 && counts.length <= MOST_WEIGHTS
                        ? "; --set 'loss={name: softmax_cross_entropy, class_weights: ["
                                + weights(counts, train.count()) + "]}' gives them equal weight"
                        : ""));
    }

    /** Images of all classes divided by classes and by images of the class, so that their mean over images is 1. */
    private static String weights(int[] counts, int images) {
        return Arrays.stream(counts)
                .mapToObj(count -> String.format(Locale.ROOT, "%.3g", (double) images / counts.length / count))
                .collect(Collectors.joining(", "));
    }
}
