package dev.convoke.sweep;

import dev.convoke.backend.Backend;
import dev.convoke.backend.cpu.CpuBackend;
import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.datasets.Dataset;
import dev.convoke.train.TinyData;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;

/** A backend for whole sweeps, with images and convolutions that it trains in a moment. */
@SuppressWarnings("ImmutableEnumChecker") // Suppliers that hold nothing.
enum SweepBackend {
    REFERENCE(ReferenceBackend::new, TinyData::dataset, "[{filters: 3, padding: same}]"),
    /** Filters by sixteens, which our fused kernels serve. */
    CPU(CpuBackend::new, TinyData::mnistSized, "[{filters: 16, padding: same}, {filters: 32, padding: valid}]");

    private final Supplier<Backend> backend;
    private final Supplier<Dataset> dataset;
    private final String blocks;

    SweepBackend(Supplier<Backend> backend, Supplier<Dataset> dataset, String blocks) {
        this.backend = backend;
        this.dataset = dataset;
        this.blocks = blocks;
    }

    Backend backend() {
        return backend.get();
    }

    Dataset dataset() {
        return dataset.get();
    }

    /** The suite of a text with {@code %s} where the convolutions belong. */
    Suite suite(String text) {
        return SuiteReader.read("subject.yaml", text.formatted(blocks));
    }

    /** Skips a test where the backend cannot run. */
    void assumeAvailable() {
        Assumptions.assumeTrue(
                backend().probe().available(), () -> backend().probe().detail());
    }
}
