package dev.convoke.sweep;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.NearestName;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.settings.LocatedValue;
import dev.convoke.train.Validation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A set of runs defined by a YAML file; the format is {@code suite.schema.json}.
 *
 * @param name such as {@code report}
 * @param title of the suite
 * @param description of the suite
 * @param dataset default data set
 * @param validation the validation images
 * @param seeds of every run
 * @param runs in order; a run that continues another may be listed before it
 * @param study claims and published results
 * @param text the file as it was read
 * @param files the text of every file that its study names, by path
 * @param digest SHA-256 of the text, lower-case hexadecimal
 * @param source name of the file in messages
 */
public record Suite(
        String name,
        String title,
        String description,
        String dataset,
        Validation validation,
        Seeds seeds,
        List<Run> runs,
        Study study,
        String text,
        Map<String, String> files,
        String digest,
        String source) {

    public Suite {
        runs = List.copyOf(runs);
        files = Map.copyOf(files);
    }

    /**
     * One run.
     *
     * @param name unique in its suite, fit for a folder
     * @param notes what a reader of its figures has to know
     * @param startFrom the run whose trained weights it begins with
     * @param given every parameter as it was written, defaults filled in
     * @param settings the same, understood
     */
    public record Run(
            String name,
            String title,
            List<String> notes,
            Optional<String> startFrom,
            Map<String, Object> given,
            RunSettings settings,
            Parameters parameters) {
        public Run {
            notes = List.copyOf(notes);
        }

        /** The same run with some of its parameters replaced, as {@link Suite#with(Map)} does for every run. */
        public Run with(Map<String, Object> overrides) {
            return overrides.isEmpty() ? this : changed(changes(overrides));
        }

        private Run changed(Map<String, LocatedValue> changes) {
            return run(name, title, notes, startFrom, parameters.map().plus(changes));
        }
    }

    /** Parameters as they were written, with their places; only the reader of suites looks inside. */
    public static final class Parameters {
        private final ParameterMap map;

        Parameters(ParameterMap map) {
            this.map = map;
        }

        ParameterMap map() {
            return map;
        }
    }

    static Run run(String name, String title, List<String> notes, Optional<String> startFrom, ParameterMap parameters) {
        RunSettings settings = SettingsReader.read(parameters);
        return new Run(name, title, notes, startFrom, parameters.plain(), settings, new Parameters(parameters));
    }

    /** The same suite with the validation that suits {@code dataset}, where it was left open. */
    Suite on(Dataset dataset) {
        return with(title, validation.on(dataset));
    }

    /** The same suite under another title. */
    public Suite titled(String other) {
        return with(other, validation);
    }

    /** The same suite validated on other images. */
    public Suite validatedOn(Validation other) {
        return with(title, other);
    }

    private Suite with(String otherTitle, Validation otherValidation) {
        return new Suite(
                name,
                otherTitle,
                description,
                dataset,
                otherValidation,
                seeds,
                runs,
                study,
                text,
                files,
                digest,
                source);
    }

    /** The run of that name. */
    public Optional<Run> run(String name) {
        return runs.stream().filter(run -> run.name().equals(name)).findFirst();
    }

    /**
     * The same suite with parameters of every run replaced.
     *
     * @param overrides values by the keys of a suite: {@code epochs}, {@code learning_rate}, {@code augmentation.rotation}
     * @throws ConfigurationException if a key is unknown or a value cannot be
     */
    public Suite with(Map<String, Object> overrides) {
        if (overrides.isEmpty()) {
            return this;
        }
        Map<String, LocatedValue> changes = changes(overrides);
        return with(
                title,
                description,
                runs.stream().map(run -> run.changed(changes)).toList());
    }

    private static Map<String, LocatedValue> changes(Map<String, Object> overrides) {
        return LocatedValue.of("command line", "", overrides).map();
    }

    /**
     * The same suite with one run, and those that it continues; it has that run's title.
     *
     * @throws ConfigurationException if there is no such run; the message names the nearest
     */
    public Suite only(String name) {
        Map<String, Run> wanted = new LinkedHashMap<>();
        String next = name;
        while (next != null) {
            Run run = require(next);
            wanted.put(run.name(), run);
            next = run.startFrom().orElse(null);
        }
        return with(
                require(name).title(),
                "",
                runs.stream().filter(run -> wanted.containsKey(run.name())).toList());
    }

    private Run require(String name) {
        List<String> names = runs.stream().map(Run::name).toList();
        return run(name)
                .orElseThrow(() -> new ConfigurationException(
                        "suite '" + this.name + "' has no run '" + name + "'" + NearestName.hint(names, name)));
    }

    private Suite with(String otherTitle, String otherDescription, List<Run> others) {
        return new Suite(
                name,
                otherTitle,
                otherDescription,
                dataset,
                validation,
                seeds,
                others,
                study,
                text,
                files,
                digest,
                source);
    }
}
