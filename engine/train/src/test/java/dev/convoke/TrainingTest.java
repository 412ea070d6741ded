package dev.convoke;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.Datasets;
import dev.convoke.datasets.ImageSet;
import dev.convoke.model.Loss;
import dev.convoke.model.ModelException;
import dev.convoke.model.ModelSpec;
import dev.convoke.train.Cancellation;
import dev.convoke.train.EpochProgress;
import dev.convoke.train.TrainListener;
import dev.convoke.train.Validation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
    private static final Dataset DIGITS = Datasets.load("digits");

    /** Two epochs of the digits reach about 0.9; guessing would be a tenth. */
    private static final double LEARNED = 0.7;

    @TempDir
    Path folder;

    private static ModelSpec network(Dataset data) {
        return Network.of(data).convolution(4).relu().maxPooling().build();
    }

    private static Training training() {
        return Training.of(network(DIGITS), DIGITS).epochs(2).device("cpu");
    }

    @Test
    void aNetworkIsTrainedTestedAndSaved() {
        TrainingRun run = training().run();
        assertTrue(run.testAccuracy() > LEARNED, run.toString());
        assertEquals(run.test().accuracy(), run.testAccuracy());
        assertEquals(2, run.history().size());
        assertEquals(2, run.epoch());
        assertFalse(run.stoppedEarly(), "it had two epochs and used them");
        Path file = folder.resolve("digits.safetensors");
        run.save(file);
        try (Classifier before = Classifier.of(run.model());
                Classifier after = Classifier.load(file)) {
            assertArrayEquals(
                    before.classify(DIGITS.test()).get(0).probabilities(),
                    after.classify(DIGITS.test()).get(0).probabilities());
        }
        assertEquals(DIGITS.digest(), run.model().card().datasetDigest());
    }

    @Test
    void threadsDoNotChangeTheBits() {
        assertArrayEquals(
                training().threads(1).run().test().confidence(),
                training().threads(2).run().test().confidence());
    }

    @Test
    void theTestImagesChooseNothing() {
        List<Long> counts = new ArrayList<>();
        training()
                .epochs(1)
                .listen(new TrainListener() {
                    @Override
                    public void progress(EpochProgress progress) {
                        counts.add((long) progress.totalImages());
                    }
                })
                .run();
        int held = (int) Math.rint(0.1 * DIGITS.train().count());
        assertEquals(DIGITS.train().count() - held, counts.get(0), "a tenth is held out");
    }

    @Test
    void thePartThatCameWithTheDataIsValidatedOn() {
        ImageSet part = DIGITS.test().select(IntStream.range(0, 50).toArray());
        Dataset parted = new Dataset(
                "parted", DIGITS.train(), Optional.of(part), DIGITS.test(), DIGITS.classNames(), "0", "made up");
        assertEquals(new Validation.OwnPart(), new Validation.Auto().on(parted));
        assertEquals(part, new Validation.Auto().on(parted).split(parted, 1).validation());
        assertEquals(
                DIGITS.train(),
                new Validation.Auto().on(parted).split(parted, 1).training());
        assertEquals(50, new Validation.Auto().images(parted));
        assertEquals(new Validation.HeldOut(0.1), new Validation.Auto().on(DIGITS));
    }

    @Test
    void theBestEpochIsKept() {
        TrainingRun run = training().epochs(3).sgd(0.5, 0.9).stopAfter(1).run();
        double best = run.history().stream()
                .mapToDouble(epoch -> epoch.valLoss())
                .min()
                .orElseThrow();
        assertEquals(best, run.history().get(run.epoch() - 1).valLoss());
    }

    @Test
    void rareClassesWeighMore() {
        int[] some = IntStream.range(0, DIGITS.train().count())
                .filter(i -> DIGITS.train().label(i) != 3 || i % 4 == 0)
                .toArray();
        Dataset rare =
                new Dataset("rare", DIGITS.train().select(some), DIGITS.test(), DIGITS.classNames(), "0", "made up");
        TrainingRun run = Training.of(network(rare), rare)
                .epochs(1)
                .device("cpu")
                .balanceClasses()
                .run();
        Loss.SoftmaxCrossEntropy loss = (Loss.SoftmaxCrossEntropy) run.model().loss();
        long threes =
                IntStream.of(rare.train().labels()).filter(label -> label == 3).count();
        assertEquals(rare.train().count() / 10.0 / threes, loss.classWeights().get(3));
    }

    @Test
    void aRunThatDivergesSaysSo() {
        TrainingException diverged = assertThrows(
                TrainingException.class, () -> training().sgd(1e9, 0).run());
        assertTrue(diverged.getMessage().startsWith("digits: the "), diverged.getMessage());
        assertTrue(diverged.getMessage().endsWith("; try a lower learning rate"), diverged.getMessage());
    }

    @Test
    void aCancelledRunSaysSo() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        TrainingException cancelled = assertThrows(
                TrainingException.class,
                () -> training().cancelledBy(cancellation).run());
        assertEquals("digits: stopped after 0 whole epochs", cancelled.getMessage());
    }

    @Test
    void aModelGoesOnFromWhereAnotherEnded() {
        TrainingRun first = training().run();
        TrainingRun second = training().epochs(1).startFrom(first.model()).run();
        assertTrue(
                second.history().get(0).valLoss() < first.history().get(0).valLoss(),
                second.history() + " after " + first.history());
    }

    @Test
    void classesOfNumbersCannotBeBalanced() {
        ModelSpec network =
                Network.of(DIGITS).loss(new Loss.MeanSquaredError(10)).dense(4).build();
        Training training = Training.of(network, DIGITS).balanceClasses();
        assertThrows(ModelException.class, training::run);
    }
}
