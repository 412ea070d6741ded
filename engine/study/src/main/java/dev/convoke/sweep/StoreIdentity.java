package dev.convoke.sweep;

import dev.convoke.datasets.Dataset;
import dev.convoke.train.Json;
import dev.convoke.train.RecordJson;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the trials of a run store were made of: all that bears on their figures, and nothing else, so that a suite may grow,
 * and be commented, between two sessions. A sweep is resumed only where what is there already would come out the same again:
 * a mixture would look like one sweep and be two.
 *
 * @param dataset name
 * @param datasetDigest SHA-256 of pixels and labels
 * @param classes names, in label order
 * @param validation on which images runs are validated
 * @param convoke version of the program
 * @param device backend name
 * @param libraries what the backend found: versions and instruction set, on which bits depend
 * @param threads of each session
 * @param precision number format
 * @param kernels which kernels serve the plan
 * @param algorithms which of a library's algorithms may serve
 * @param runs every run that is trained, by its name
 */
record StoreIdentity(
        String dataset,
        String datasetDigest,
        List<String> classes,
        String validation,
        String convoke,
        String device,
        String libraries,
        int threads,
        String precision,
        String kernels,
        String algorithms,
        Map<String, RunIdentity> runs) {
    private static final String RUNS = "runs";

    /**
     * What a run's trials are made of.
     *
     * @param parameters every one as it was written, overrides included
     * @param startFrom the run whose weights it begins with
     */
    record RunIdentity(Map<String, Object> parameters, Optional<String> startFrom) {}

    /**
     * The identity of a request.
     *
     * @param suite the request's, with overrides
     */
    static StoreIdentity of(SweepRequest request, Suite suite) {
        Dataset dataset = request.dataset();
        Map<String, RunIdentity> runs = new LinkedHashMap<>();
        suite.runs().forEach(run -> runs.put(run.name(), new RunIdentity(run.given(), run.startFrom())));
        StoreIdentity identity = new StoreIdentity(
                dataset.name(),
                dataset.digest(),
                dataset.classNames(),
                suite.validation().describe(dataset.train().count()),
                request.version(),
                request.backend().name(),
                request.backend().probe().detail(),
                request.execution().threads(),
                request.execution().precision().name().toLowerCase(Locale.ROOT),
                request.execution().kernels().name().toLowerCase(Locale.ROOT),
                request.execution().algorithms().name().toLowerCase(Locale.ROOT),
                runs);
        return identity.asRead();
    }

    /** The same through JSON, so that it equals what a manifest gives back. */
    private StoreIdentity asRead() {
        try {
            return RecordJson.read(StoreIdentity.class, Json.read(Json.compact(RecordJson.write(this))));
        } catch (IOException e) {
            throw new AssertionError("what was just written is JSON", e);
        }
    }

    /**
     * The first thing in which the store {@code made} before is different, in words; empty where nothing is but runs that are
     * new.
     */
    Optional<String> difference(StoreIdentity made) {
        Map<String, Object> mine = RecordJson.write(this);
        Map<String, Object> others = RecordJson.write(made);
        Optional<String> common = mine.keySet().stream()
                .filter(key -> !key.equals(RUNS) && !Objects.equals(mine.get(key), others.get(key)))
                .findFirst()
                .map(key -> key.replace('_', ' ') + " " + others.get(key) + ", not " + mine.get(key));
        return common.or(() -> made.runs().entrySet().stream()
                .map(run -> difference(run.getKey(), run.getValue()))
                .flatMap(Optional::stream)
                .findFirst());
    }

    private Optional<String> difference(String run, RunIdentity made) {
        RunIdentity now = runs.get(run);
        if (now == null) {
            return Optional.of("run '" + run + "', which is not among the runs now");
        }
        if (!now.startFrom().equals(made.startFrom())) {
            return Optional.of(
                    "run '" + run + "' starting from " + made.startFrom().orElse("new weights") + ", not from "
                            + now.startFrom().orElse("new weights"));
        }
        Map<String, Object> all = new LinkedHashMap<>(now.parameters());
        made.parameters().forEach(all::putIfAbsent);
        return all.keySet().stream()
                .filter(key -> !Objects.equals(
                        now.parameters().get(key), made.parameters().get(key)))
                .findFirst()
                .map(key -> "run '" + run + "' with " + key + " "
                        + Objects.requireNonNullElse(made.parameters().get(key), "unset") + ", not "
                        + Objects.requireNonNullElse(now.parameters().get(key), "unset"));
    }
}
