package dev.convoke.sweep;

import dev.convoke.backend.Backend;
import dev.convoke.backend.Execution;
import dev.convoke.datasets.Dataset;
import dev.convoke.settings.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a sweep.
 *
 * @param suite as loaded, without overrides
 * @param dataset the data set
 * @param overrides parameters that override those of every run, by their keys in a suite
 * @param seeds instead of the suite's
 * @param jobs concurrent trials
 * @param out folder of the run store
 * @param existing what to do if the folder is not empty
 * @param backend the device
 * @param execution of each trial's session
 * @param version of the program, for the results
 * @param command the command line, for the results; without paths of the machine
 */
public record SweepRequest(
        Suite suite,
        Dataset dataset,
        Map<String, Object> overrides,
        Optional<Seeds> seeds,
        int jobs,
        Path out,
        Existing existing,
        Backend backend,
        Execution execution,
        String version,
        String command) {

    public SweepRequest {
        if (jobs < 1) {
            throw new ConfigurationException("jobs: must be at least 1, not " + jobs);
        }
        suite = suite.on(dataset);
    }

    /** What to do with results that are already there. */
    public enum Existing {
        REFUSE,
        /**
         * Train only what is missing; the store must be of the same suite, data, overrides, device and versions. Its seeds
         * are kept; the given ones are added.
         */
        RESUME
    }

    /** How many trials are asked for. */
    public int trials() {
        return suite.runs().size() * seedList().size();
    }

    /** The seeds that are asked for. A store that is resumed adds those that it was made with. */
    List<Long> seedList() {
        return seeds.orElse(suite.seeds()).on(dataset.name());
    }
}
