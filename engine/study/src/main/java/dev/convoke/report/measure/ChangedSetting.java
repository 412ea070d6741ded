package dev.convoke.report.measure;

import dev.convoke.sweep.Study.RunSource;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The first setting in which a run is not as elsewhere. */
final class ChangedSetting {
    private static final String START_FROM = "start_from";

    private ChangedSetting() {}

    /**
     * Description with run, setting and both values; empty if the run is unchanged.
     *
     * @param original settings of the run of that name elsewhere; empty if there is none
     * @param where those settings are from, such as {@code the suite mine}
     */
    static Optional<String> of(RunResults run, Optional<RunSource> original, String where) {
        if (original.isEmpty()) {
            return Optional.of(where + " has no run " + run.name());
        }
        Map<String, Object> ours = settings(run.parameters(), run.startFrom());
        Map<String, Object> theirs =
                settings(original.get().parameters(), original.get().startFrom());
        Set<String> keys = new LinkedHashSet<>(ours.keySet());
        keys.addAll(theirs.keySet());
        return keys.stream()
                .filter(key -> !same(ours.get(key), theirs.get(key)))
                .findFirst()
                .map(key -> run.name() + words(key, ours.get(key), theirs.get(key), where));
    }

    private static Map<String, Object> settings(Map<String, Object> parameters, Optional<String> startFrom) {
        Map<String, Object> settings = new LinkedHashMap<>(FlatSettings.of(parameters));
        settings.put(START_FROM, startFrom.orElse("none"));
        return settings;
    }

    /** Whether two values mean the same; a number that was read back may have another type. */
    private static boolean same(@Nullable Object ours, @Nullable Object theirs) {
        if (ours instanceof Number one && theirs instanceof Number other) {
            return one.doubleValue() == other.doubleValue();
        }
        return Objects.equals(ours, theirs);
    }

    private static String words(String key, @Nullable Object ours, @Nullable Object theirs, String where) {
        if (ours == null) {
            return " has no " + key + ", " + where + " " + theirs;
        }
        return theirs == null
                ? " has " + key + " " + ours + ", unlike " + where
                : " has " + key + " " + ours + ", " + where + " " + theirs;
    }
}
