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
 * Everything that affects the results of a run store's trials, and nothing else, so that a suite may be extended and
 * commented between two sessions. A sweep is resumed only if its existing results would be reproduced; otherwise it would
 * be a mixture of two sweeps.
 *
 * @param dataset name
 * @param datasetDigest SHA-256 of pixels and labels
 * @param classes names, in label order
 * @param validation the validation images
 * @param convoke version of the program
 * @param device backend name
 * @param libraries versions and instruction set, which affect the results bitwise
 * @param threads of each session
 * @param precision number format
 * @param kernels kernels of the plan's fused groups
 * @param algorithms allowed algorithms of the vendor's library
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

    /** Converted to JSON and back, so that it equals the content of a manifest. */
    private StoreIdentity asRead() {
        try {
            return RecordJson.read(StoreIdentity.class, Json.read(Json.compact(RecordJson.write(this))));
        } catch (IOException e) {
            throw new AssertionError("what was just written is JSON", e);
        }
    }

    /** Description of the first difference from the existing store {@code made}; empty if there are only new runs. */
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
