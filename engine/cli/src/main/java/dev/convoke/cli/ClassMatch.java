package dev.convoke.cli;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.ImageSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A data set whose labels are those of a model: classes are the same where their names are, whatever their order.
 *
 * @param matched test images with the model's labels and class names
 * @param remark what differs between the two, one line; empty where nothing does
 */
record ClassMatch(Dataset matched, Optional<String> remark) {

    /**
     * Matches the classes of {@code data} to those of the model {@code run}.
     *
     * @throws CommandExit if the data have a class that the model does not have; the message names the classes that differ
     */
    static ClassMatch of(String run, List<String> known, Dataset data) {
        List<String> names = data.classNames();
        if (names.equals(known)) {
            return new ClassMatch(data, Optional.empty());
        }
        List<String> unknown = without(names, known);
        List<String> absent = without(known, names);
        if (!unknown.isEmpty()) {
            throw new CommandExit(
                    ExitCode.DATA,
                    data.name() + ": the model '" + run + "' does not know the " + classes(unknown)
                            + (absent.isEmpty() ? "" : "; the data lack its " + classes(absent))
                            + "; rename the classes as in training, or name other data with --dataset");
        }
        String remark = data.name() + ": classes matched by name"
                + (absent.isEmpty() ? ", in the model's order" : "; the data lack the " + classes(absent));
        return new ClassMatch(matched(known, data), Optional.of(remark));
    }

    private static Dataset matched(List<String> known, Dataset data) {
        ImageSet test = data.test();
        byte[] labels = new byte[test.count()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (byte) known.indexOf(data.classNames().get(test.label(i)));
        }
        ImageSet relabeled = new ImageSet(test.height(), test.width(), test.channels(), test.pixels(), labels);
        return new Dataset(data.name(), data.train(), relabeled, known, data.digest(), data.origin());
    }

    private static List<String> without(List<String> names, List<String> others) {
        List<String> left = new ArrayList<>(names);
        left.removeAll(others);
        return left;
    }

    private static String classes(List<String> names) {
        return (names.size() == 1 ? "class '" : "classes '") + String.join("', '", names) + "'";
    }
}
