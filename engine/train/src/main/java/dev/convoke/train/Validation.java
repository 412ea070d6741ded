package dev.convoke.train;

import dev.convoke.datasets.Dataset;
import dev.convoke.datasets.DatasetException;
import dev.convoke.datasets.ImageSet;
import dev.convoke.pipeline.Holdout;

/** On which images a run is validated after every epoch. */
public sealed interface Validation {
    /** Cuts a data set into the images of a run with {@code seed}. */
    TrainData split(Dataset dataset, long seed);

    /** The same for a given data set; only {@link Auto} depends on it. */
    default Validation on(Dataset dataset) {
        return this;
    }

    /** Number of validation images. */
    default int images(Dataset dataset) {
        return heldOut(dataset.train().count());
    }

    /** Training images that are held out of {@code trainImages}. */
    int heldOut(int trainImages);

    /** {@code test}, or {@code holdout: N}. */
    String describe(int trainImages);

    /** The test set, as the report did: whatever is chosen by validation is then chosen on the test set. */
    record OnTest() implements Validation {
        @Override
        public TrainData split(Dataset dataset, long seed) {
            return new TrainData(dataset.train(), dataset.test(), dataset.test());
        }

        @Override
        public int heldOut(int trainImages) {
            return 0;
        }

        @Override
        public int images(Dataset dataset) {
            return dataset.test().count();
        }

        @Override
        public String describe(int trainImages) {
            return "test";
        }
    }

    /** The part for validation that the data came with. The test set is evaluated once, at the end. */
    record OwnPart() implements Validation {
        @Override
        public TrainData split(Dataset dataset, long seed) {
            ImageSet part = dataset.validation()
                    .orElseThrow(() -> new DatasetException(dataset.name()
                            + ": has no validation part; hold some training images out, or validate on the test set"));
            return new TrainData(dataset.train(), part, dataset.test());
        }

        @Override
        public int heldOut(int trainImages) {
            return 0;
        }

        @Override
        public int images(Dataset dataset) {
            return split(dataset, 0).validation().count();
        }

        @Override
        public String describe(int trainImages) {
            return "own";
        }
    }

    /** The validation part that the data came with, else a tenth of the training images, chosen by seed. */
    record Auto() implements Validation {
        private static final double SHARE = 0.1;

        @Override
        public Validation on(Dataset dataset) {
            return dataset.validation().isPresent() ? new OwnPart() : new HeldOut(SHARE);
        }

        @Override
        public TrainData split(Dataset dataset, long seed) {
            return on(dataset).split(dataset, seed);
        }

        @Override
        public int heldOut(int trainImages) {
            throw new IllegalStateException("depends on the data; ask on(dataset)");
        }

        @Override
        public int images(Dataset dataset) {
            return on(dataset).images(dataset);
        }

        @Override
        public String describe(int trainImages) {
            return "auto";
        }
    }

    /**
     * A part of the training images, chosen by seed. The test set is evaluated once, at the end.
     *
     * @param amount a number of images, or below 1 a share of the training images
     */
    record HeldOut(double amount) implements Validation {
        public HeldOut {
            if (!(amount > 0) || (amount >= 1 && amount != Math.rint(amount)) || amount > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "holdout must be a number of images or a share below 1, not " + amount);
            }
        }

        @Override
        public TrainData split(Dataset dataset, long seed) {
            Holdout parts = Holdout.of(dataset.train(), heldOut(dataset.train().count()), seed);
            return new TrainData(parts.train(), parts.validation(), dataset.test());
        }

        @Override
        public int heldOut(int trainImages) {
            return (int) (amount < 1 ? Math.max(1, Math.rint(amount * trainImages)) : amount);
        }

        @Override
        public String describe(int trainImages) {
            return "holdout: " + heldOut(trainImages);
        }
    }
}
