package dev.convoke.bench.peers;

import dev.convoke.datasets.DataLocation;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.DatasetException;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The images that all engines train on: MNIST, or the bundled digits if it is not available. Nothing is downloaded.
 *
 * @param data the set
 * @param folder that {@code --data-dir} must name for the command line to find it
 */
record TrainingData(Dataset data, Optional<Path> folder) {
    private static final String FALLBACK = "digits";
    /** Next to the repository. */
    private static final String SHARED = "../shared/data";

    /**
     * Looks in {@code dataDir}, {@code $CONVOKE_DATA_DIR}, next to the repository and in the cache.
     *
     * @param remarks receives a message if the digits are used instead
     * @throws DatasetException if {@code dataDir} is given and does not contain MNIST
     */
    static TrainingData find(@Nullable Path dataDir, Path home, Consumer<String> remarks) {
        Optional<Path> folder = Optional.ofNullable(dataDir).map(Path::toAbsolutePath);
        if (folder.isEmpty() && System.getenv(DataLocation.DATA_DIR_VARIABLE) == null) {
            folder = Optional.of(home.resolve(SHARED).normalize()).filter(Files::isDirectory);
        }
        DataLocation location = DataLocation.of(folder, DataLocation.Network.OFFLINE);
        try {
            return new TrainingData(Datasets.load(Datasets.DEFAULT, location, Progress.NONE), folder);
        } catch (DatasetException e) {
            if (dataDir != null) {
                throw e;
            }
            remarks.accept(
                    "convoke: MNIST was not found, so the bundled digits are used; give its folder with --data-dir");
            return new TrainingData(Datasets.load(FALLBACK, location, Progress.NONE), Optional.empty());
        }
    }
}
