package dev.convoke.examples;

import dev.convoke.Network;
import dev.convoke.Training;
import dev.convoke.TrainingRun;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.PictureSize;
import dev.convoke.model.ModelSpec;
import dev.convoke.pipeline.Augmentation;
import java.nio.file.Path;

/**
 * Trains on a folder of pictures, one sub-folder a class: PNG, JPEG, BMP or GIF of any size, brought to 64x64 pixels.
 *
 * <pre>
 * java -cp 'engine/examples/target/classes:engine/examples/target/lib/*' dev.convoke.examples.OwnPictures pictures
 * </pre>
 */
public final class OwnPictures {
    /** Turned by up to 10 degrees, shifted by up to a tenth, mirrored left to right. */
    private static final Augmentation CHANGES = new Augmentation(
            10,
            0.1,
            0.1,
            0,
            1,
            1,
            true,
            false,
            Augmentation.Center.EXACT,
            Augmentation.Erasing.NONE,
            Augmentation.Elastic.NONE);

    private OwnPictures() {}

    /** The folder of the pictures is the argument. */
    public static void main(String[] arguments) {
        train(Path.of(arguments[0])).save(Path.of("pictures.safetensors"));
    }

    static TrainingRun train(Path folder) {
        Dataset pictures = Datasets.load(folder, new PictureSize(64, 64));
        ModelSpec network = Network.of(pictures)
                .convolution(16)
                .batchNorm()
                .relu()
                .maxPooling()
                .convolution(32)
                .batchNorm()
                .relu()
                .maxPooling()
                .convolution(64)
                .batchNorm()
                .relu()
                .globalAveragePooling()
                .dropout(0.2)
                .build();
        TrainingRun run = Training.of(network, pictures)
                .augment(CHANGES)
                .balanceClasses()
                .epochs(30)
                .stopAfter(5)
                .run();
        System.out.println(run);
        for (int k = 0; k < pictures.classes(); k++) {
            System.out.printf(
                    "%-20s recall %.3f  precision %.3f%n",
                    pictures.classNames().get(k),
                    run.classification().recall(k),
                    run.classification().precision(k));
        }
        return run;
    }
}
