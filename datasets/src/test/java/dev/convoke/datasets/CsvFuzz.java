package dev.convoke.datasets;

import java.util.Optional;

/** Images as lines of text, as a data set; raw and gzip. */
public final class CsvFuzz {
    private static final HostileFile FILE = new HostileFile("set.csv", DatasetException.class);

    private CsvFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FILE.offer(data, file -> OwnData.load(file, Optional.empty(), Progress.NONE));
    }
}
