package dev.convoke.sweep;

import dev.convoke.train.Json;
import dev.convoke.train.RecordJson;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a run store was made for. A sweep is resumed only where all of this is the same: a mixture would look like one sweep
 * and be two.
 *
 * @param suite name
 * @param suiteDigest SHA-256 of its text
 * @param runs names of the runs that are trained
 * @param dataset name
 * @param datasetDigest SHA-256 of pixels and labels
 * @param overrides parameters on top of the suite's
 * @param convoke version of the program
 * @param device backend name
 * @param libraries what the backend found: versions and instruction set, on which bits depend
 * @param threads of each session
 * @param precision number format
 * @param kernels which kernels serve the plan
 * @param algorithms which of a library's algorithms may serve
 */
record StoreIdentity(
        String suite,
        String suiteDigest,
        List<String> runs,
        String dataset,
        String datasetDigest,
        Map<String, Object> overrides,
        String convoke,
        String device,
        String libraries,
        int threads,
        String precision,
        String kernels,
        String algorithms) {

    static StoreIdentity of(SweepRequest request) {
        StoreIdentity identity = new StoreIdentity(
                request.suite().name(),
                request.suite().digest(),
                request.suite().runs().stream().map(Suite.Run::name).toList(),
                request.dataset().name(),
                request.dataset().digest(),
                request.overrides(),
                request.version(),
                request.backend().name(),
                request.backend().probe().detail(),
                request.execution().threads(),
                request.execution().precision().name().toLowerCase(Locale.ROOT),
                request.execution().kernels().name().toLowerCase(Locale.ROOT),
                request.execution().algorithms().name().toLowerCase(Locale.ROOT));
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

    /** The first thing in which {@code other} is different, in words; empty where nothing is. */
    Optional<String> difference(StoreIdentity other) {
        Map<String, Object> mine = RecordJson.write(this);
        Map<String, Object> others = RecordJson.write(other);
        return mine.keySet().stream()
                .filter(key -> !Objects.equals(mine.get(key), others.get(key)))
                .findFirst()
                .map(key -> key.replace('_', ' ') + " " + others.get(key) + ", not " + mine.get(key));
    }
}
