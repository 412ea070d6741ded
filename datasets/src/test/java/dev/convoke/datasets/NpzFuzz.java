package dev.convoke.datasets;

import java.util.Optional;

/** NumPy archives, as a data set. */
public final class NpzFuzz {
    private static final HostileFile FILE = new HostileFile("set.npz", DatasetException.class);

    private NpzFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILE.offer(data, file -> OwnData.load(file, Optional.empty(), Progress.NONE));
    }
}
