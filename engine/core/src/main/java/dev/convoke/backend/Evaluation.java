package dev.convoke.backend;

/**
 * A network's outputs on an image set, and how good they are.
 *
 * @param dataLoss mean loss of the images, without penalties
 * @param penalty penalties of the parameters
 * @param first mean over the images of the loss' first {@linkplain dev.convoke.model.Loss#metrics figure}
 * @param second mean of its second figure
 * @param predictions {@code [N]}, the largest output of each image, the lowest index on a tie
 * @param confidence {@code [N]}, its value: the softmax or sigmoid probability, or the number itself
 */
public record Evaluation(
        double dataLoss, double penalty, double first, double second, int[] predictions, float[] confidence) {
    /** Images. */
    public int count() {
        return predictions.length;
    }

    /** Loss as Keras reports it: with penalties. */
    public double loss() {
        return dataLoss + penalty;
    }

    /** Share of images that are classified correctly, where the loss counts that. */
    public double accuracy() {
        return first;
    }

    /** Images that are classified correctly, where the loss counts that. */
    public int correct() {
        return (int) Math.round(first * predictions.length);
    }
}
