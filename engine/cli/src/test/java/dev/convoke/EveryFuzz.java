package dev.convoke;

import dev.convoke.datasets.CsvFuzz;
import dev.convoke.datasets.IdxFuzz;
import dev.convoke.datasets.NpyFuzz;
import dev.convoke.datasets.NpzFuzz;
import dev.convoke.datasets.PictureFuzz;
import dev.convoke.report.ResultsFuzz;
import dev.convoke.sweep.ArgumentFuzz;
import dev.convoke.sweep.StoreFuzz;
import dev.convoke.sweep.SuiteFuzz;
import dev.convoke.train.CheckpointFuzz;
import dev.convoke.train.ModelFuzz;
import dev.convoke.train.SafeTensorsFuzz;
import java.util.Arrays;
import java.util.List;

/** All targets in one: an input's first byte says which. So a short run starts and instruments one process. */
public final class EveryFuzz {
    /** One way in. */
    @FunctionalInterface
    private interface Target {
        void read(byte[] data) throws Exception;
    }

    /** A target by the name of its folder of seeds. */
    private record Named(Class<?> type, Target target) {}

    private static final List<Named> TARGETS = List.of(
            new Named(IdxFuzz.class, IdxFuzz::fuzzerTestOneInput),
            new Named(PictureFuzz.class, PictureFuzz::fuzzerTestOneInput),
            new Named(NpyFuzz.class, NpyFuzz::fuzzerTestOneInput),
            new Named(NpzFuzz.class, NpzFuzz::fuzzerTestOneInput),
            new Named(CsvFuzz.class, CsvFuzz::fuzzerTestOneInput),
            new Named(SafeTensorsFuzz.class, SafeTensorsFuzz::fuzzerTestOneInput),
            new Named(ModelFuzz.class, ModelFuzz::fuzzerTestOneInput),
            new Named(CheckpointFuzz.class, CheckpointFuzz::fuzzerTestOneInput),
            new Named(SuiteFuzz.class, SuiteFuzz::fuzzerTestOneInput),
            new Named(ArgumentFuzz.class, ArgumentFuzz::fuzzerTestOneInput),
            new Named(StoreFuzz.class, StoreFuzz::fuzzerTestOneInput),
            new Named(ResultsFuzz.class, ResultsFuzz::fuzzerTestOneInput));

    private EveryFuzz() {}

    /** The targets, each at the place that its inputs' first byte names. */
    static List<Class<?>> targets() {
        return TARGETS.stream().<Class<?>>map(Named::type).toList();
    }

    /** What targets make once is no input's time. */
    public static void fuzzerInitialize() throws Exception {
        for (Named each : TARGETS) {
            each.target().read(new byte[0]);
        }
    }

    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length > 0) {
            TARGETS.get(Byte.toUnsignedInt(data[0]) % TARGETS.size())
                    .target()
                    .read(Arrays.copyOfRange(data, 1, data.length));
        }
    }
}
