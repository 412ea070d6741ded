package dev.convoke.examples;

import dev.convoke.Network;
import dev.convoke.Training;
import dev.convoke.TrainingRun;
import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.train.EpochMetrics;
import dev.convoke.train.RunControl;
import dev.convoke.train.TrainListener;

/**
 * A listener of one's own: it prints a line an epoch, halves the learning rate every third one, and stops the training when
 * the validation accuracy is good enough.
 */
public final class WatchedTraining {
    private static final double GOOD_ENOUGH = 0.9;
    private static final int HALF_LIFE = 3;

    private WatchedTraining() {}

    /** Takes no arguments. */
    public static void main(String[] arguments) {
        System.out.println(train());
    }

    static TrainingRun train() {
        Dataset digits = Datasets.load("digits");
        return Training.of(Network.of(digits).convolution(8).relu().maxPooling().build(), digits)
                .epochs(30)
                .listen(TrainListener.eachEpoch(WatchedTraining::afterEpoch))
                .run();
    }

    private static void afterEpoch(EpochMetrics epoch, RunControl control) {
        System.out.printf("epoch %d: validation accuracy %.3f%n", epoch.epoch(), epoch.valAccuracy());
        control.scaleRate(Math.pow(0.5, Math.floorDiv(epoch.epoch(), HALF_LIFE)));
        if (epoch.valAccuracy() >= GOOD_ENOUGH) {
            control.stop();
        }
    }
}
