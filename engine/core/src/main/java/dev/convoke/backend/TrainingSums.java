package dev.convoke.backend;

/**
 * Sums over a range of training steps.
 *
 * @param images images trained
 * @param dataLoss sum of the images' losses without penalties, dropout and augmentation on
 * @param penalty sum over the steps of the penalty before the step, times the step's images
 * @param first sum over the images of the loss' first {@linkplain dev.convoke.model.Loss#metrics figure}, such as 1 for each
 *     that is classified correctly
 * @param second sum of its second figure
 */
public record TrainingSums(long images, double dataLoss, double penalty, double first, double second) {
    public static final TrainingSums NONE = new TrainingSums(0, 0, 0, 0, 0);

    public TrainingSums plus(TrainingSums other) {
        return new TrainingSums(
                images + other.images,
                dataLoss + other.dataLoss,
                penalty + other.penalty,
                first + other.first,
                second + other.second);
    }
}
