package dev.convoke.cli;

import dev.convoke.datasets.DataLocation;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.PictureSize;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which data set, and where it is looked for. */
final class DatasetOptions {
    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            description = "Data set: mnist, fashion-mnist, kmnist, emnist-digits, qmnist, digits (bundled), a folder of"
                    + " pictures with one sub-folder a class, a folder of IDX files, or an .npz or .csv file."
                    + " Default: what the suite names, else mnist.")
    @Nullable String dataset;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder of the data sets, or of this one. Default: $CONVOKE_DATA_DIR, else the XDG cache.")
    @Nullable Path dataDir;

    @Option(
            names = "--resize",
            paramLabel = "WxH",
            description =
                    "Resize your own images to this width and height, such as 64x48. Default: the most common size"
                            + "; with a trained model, its input size.")
    @Nullable String resize;

    @Option(names = "--offline", description = "Never download.")
    boolean offline;

    DataLocation location() {
        return DataLocation.of(
                Optional.ofNullable(dataDir), offline ? DataLocation.Network.OFFLINE : DataLocation.Network.ALLOWED);
    }

    /** The data set named on the command line, else {@code fallback}. */
    Dataset load(String fallback, OutputOptions output, Console console) {
        return load(fallback, Optional.empty(), output, console);
    }

    /** The same; pictures of the user's own are brought to {@code size} where the command line names no other. */
    Dataset load(String fallback, Optional<PictureSize> size, OutputOptions output, Console console) {
        String name = dataset == null ? fallback : dataset;
        Optional<PictureSize> wanted = resize == null
                ? size.filter(any -> Datasets.isPictureFolder(name))
                : Optional.of(PictureSize.parse(resize));
        try (DownloadProgress progress = new DownloadProgress(console, output.quiet)) {
            return Datasets.load(name, location(), wanted, progress);
        }
    }
}
