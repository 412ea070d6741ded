package dev.convoke.sweep;

import dev.convoke.settings.ConfigurationException;
import dev.convoke.settings.LocatedValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The seeds that every run of a suite is trained with, by data set.
 *
 * @param byDataset seeds by data set name; {@code default} for all that are not named
 */
public record Seeds(Map<String, List<Long>> byDataset) {
    private static final String DEFAULT = "default";
    private static final int MAX_SEEDS = 1000;

    public Seeds {
        byDataset = Map.copyOf(byDataset);
    }

    /** These seeds on any data. */
    public static Seeds of(List<Long> seeds) {
        return new Seeds(Map.of(DEFAULT, List.copyOf(seeds)));
    }

    /** Seeds 1 to {@code count} on any data. */
    public static Seeds count(int count) {
        return of(LongStream.rangeClosed(1, count).boxed().toList());
    }

    /**
     * Seeds from a command line: a count, or a list such as {@code 3,5,8}; {@code 7,} is seed 7 alone.
     *
     * @throws ConfigurationException if {@code text} is neither
     */
    public static Seeds parse(String text) {
        List<Object> numbers = new ArrayList<>();
        try {
            for (String part : text.trim().split(",", -1)) {
                if (!part.isBlank()) {
                    numbers.add(Long.valueOf(part.trim()));
                }
            }
        } catch (NumberFormatException e) {
            throw new ConfigurationException(
                    "seeds: expected a count such as 5 or a list such as 1,2,7, found '" + text + "'", e);
        }
        Object value = text.contains(",") || numbers.isEmpty() ? numbers : numbers.get(0);
        return of(seeds(LocatedValue.of("command line", "seeds", value)));
    }

    static Seeds read(LocatedValue setting) {
        if (!setting.isMap()) {
            return of(seeds(setting));
        }
        Map<String, List<Long>> byDataset = new LinkedHashMap<>();
        setting.map().forEach((dataset, seeds) -> byDataset.put(dataset, seeds(seeds)));
        if (!byDataset.containsKey(DEFAULT)) {
            throw setting.error("needs 'default', for data sets that it does not name");
        }
        return new Seeds(byDataset);
    }

    private static List<Long> seeds(LocatedValue setting) {
        if (!setting.isList()) {
            return LongStream.rangeClosed(1, setting.positive(MAX_SEEDS))
                    .boxed()
                    .toList();
        }
        List<Long> seeds = setting.list().stream()
                .map(seed -> seed.whole(0, Long.MAX_VALUE))
                .toList();
        if (seeds.isEmpty() || seeds.size() > MAX_SEEDS || new HashSet<>(seeds).size() < seeds.size()) {
            throw setting.error("expected one to " + MAX_SEEDS + " seeds, none of them twice");
        }
        return seeds;
    }

    /** The seeds on the data set of that name. */
    public List<Long> on(String dataset) {
        return byDataset.getOrDefault(dataset, byDataset.getOrDefault(DEFAULT, List.of(1L)));
    }
}
