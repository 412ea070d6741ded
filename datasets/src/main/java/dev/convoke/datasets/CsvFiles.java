package dev.convoke.datasets;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CSV files of one data set, one a part. Labels that are whole numbers from 0 to 255 throughout are class numbers; others are
 * class names, ordered naturally.
 */
final class CsvFiles {
    private final String source;
    private final Map<SetPart, Path> files;

    /** @param source what messages call the data */
    CsvFiles(String source, Map<SetPart, Path> files) {
        this.source = source;
        this.files = files;
    }

    /**
     * Reads all files.
     *
     * @throws DatasetException if one is not of the form, or a class of another part is not among the training part's
     */
    Dataset read(String name, Progress progress) {
        Map<SetPart, CsvReader.Table> tables = new EnumMap<>(SetPart.class);
        files.forEach((part, file) -> tables.put(part, CsvReader.read(file)));
        boolean numbered = tables.values().stream().allMatch(table -> areNumbers(table.labels()));
        List<String> classes = numbered ? numbers(tables.values()) : names(tables);
        Map<String, Integer> indices = new HashMap<>();
        classes.forEach(each -> indices.put(each, indices.size()));
        Map<SetPart, ImageSet> parts = new EnumMap<>(SetPart.class);
        tables.forEach((part, table) -> parts.put(part, images(part, table, numbered, indices)));
        return new SetParts(source, parts).toDataset(name, classes, progress);
    }

    private static boolean areNumbers(List<String> labels) {
        return labels.stream()
                .allMatch(label -> label.matches("[0-9]{1,3}") && Integer.parseInt(label) < ClassNames.MOST);
    }

    private static List<String> numbers(Collection<CsvReader.Table> tables) {
        int highest = tables.stream()
                .flatMap(table -> table.labels().stream())
                .mapToInt(Integer::parseInt)
                .max()
                .orElse(0);
        return ClassNames.numbers(highest + 1);
    }

    private List<String> names(Map<SetPart, CsvReader.Table> tables) {
        CsvReader.Table train = tables.get(SetPart.TRAIN);
        Set<String> distinct = new LinkedHashSet<>(train == null ? List.of() : train.labels());
        List<String> sorted = new ArrayList<>(distinct);
        sorted.sort(NaturalOrder.NAMES);
        return ClassNames.of(source, sorted);
    }

    private ImageSet images(SetPart part, CsvReader.Table table, boolean numbered, Map<String, Integer> indices) {
        byte[] labels = new byte[table.labels().size()];
        for (int i = 0; i < labels.length; i++) {
            String label = table.labels().get(i);
            Integer index = numbered ? Integer.valueOf(label) : indices.get(ClassNames.composed(label));
            if (index == null) {
                throw new DatasetException(source + ": class '" + label + "' of the " + part.word()
                        + " part is not in the train part; add it there, or remove it");
            }
            labels[i] = (byte) (int) index;
        }
        return new ImageSet(table.side(), table.side(), 1, table.pixels(), labels);
    }
}
