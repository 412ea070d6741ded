package dev.convoke.backend.reference;

import dev.convoke.backend.TargetRows;
import dev.convoke.model.Loss;
import java.util.List;

/**
 * A loss, its gradient and its figures, image by image, by the formulas of {@link Loss}.
 *
 * <p>The gradient is that of the mean over the batch.
 */
final class ReferenceLoss implements Loss.Visitor<ReferenceLoss> {
    private final double[] outputs; // [N, K]
    private final ReferenceBatch batch;
    private final int width; // K
    private final double scale;
    private final double[] losses; // [N], without penalties
    private final double[] gradient; // [N, K]
    private final double[] first; // [N]
    private final double[] second; // [N]
    private final double[] answers; // [N, K]

    private ReferenceLoss(double[] outputs, ReferenceBatch batch, int width, double scale) {
        this.outputs = outputs;
        this.batch = batch;
        this.width = width;
        this.scale = scale;
        losses = new double[batch.count()];
        gradient = new double[outputs.length];
        first = new double[batch.count()];
        second = new double[batch.count()];
        answers = outputs.clone();
    }

    /**
     * The loss of a batch.
     *
     * @param outputs of the last layer, {@code [N, K]}
     * @param scale factor of the gradient: 1 over the images whose mean is minimized
     */
    static ReferenceLoss of(Loss loss, double[] outputs, ReferenceBatch batch, double scale) {
        return loss.accept(new ReferenceLoss(outputs, batch, loss.outputs(), scale));
    }

    @Override
    public ReferenceLoss visit(Loss.SoftmaxCrossEntropy loss) {
        double smoothing = loss.labelSmoothing();
        for (int n = 0; n < batch.count(); n++) {
            int label = batch.set().label(batch.indices()[n]);
            int at = n * width;
            double weight = weight(loss.classWeights(), label);
            double logSum = logSumExp(at);
            int larger = 0;
            for (int k = 0; k < width; k++) {
                double logProbability = outputs[at + k] - logSum;
                double target = (k == label ? 1 - smoothing : 0) + smoothing / width;
                losses[n] -= target == 0 ? 0 : weight * target * logProbability;
                answers[at + k] = Math.exp(logProbability);
                gradient[at + k] = weight * (answers[at + k] - target) * scale;
                larger += outputs[at + k] > outputs[at + label] ? 1 : 0;
            }
            first[n] = largest(n) == label ? 1 : 0;
            second[n] = larger < loss.topK() ? 1 : 0;
        }
        return this;
    }

    @Override
    public ReferenceLoss visit(Loss.SigmoidCrossEntropy loss) {
        for (int n = 0; n < batch.count(); n++) {
            int right = 0;
            for (int k = 0; k < width; k++) {
                double x = outputs[n * width + k];
                double given = target(n, k);
                double target = given * (1 - loss.labelSmoothing()) + loss.labelSmoothing() / 2;
                double weight = weight(loss.labelWeights(), k) / width;
                double probability = 1 / (1 + Math.exp(-x));
                losses[n] += weight * (Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x))));
                gradient[n * width + k] = weight * (probability - target) * scale;
                answers[n * width + k] = probability;
                right += (x > 0) == (given > 0.5) ? 1 : 0;
            }
            first[n] = (double) right / width;
            second[n] = right == width ? 1 : 0;
        }
        return this;
    }

    @Override
    public ReferenceLoss visit(Loss.MeanSquaredError loss) {
        for (int i = 0; i < outputs.length; i++) {
            double error = error(i);
            losses[i / width] += error * error / width;
            gradient[i] = 2 * error / width * scale;
        }
        return this;
    }

    @Override
    public ReferenceLoss visit(Loss.Huber loss) {
        double delta = loss.delta();
        for (int i = 0; i < outputs.length; i++) {
            double error = error(i);
            double size = Math.abs(error);
            losses[i / width] += (size <= delta ? error * error / 2 : delta * (size - delta / 2)) / width;
            gradient[i] = Math.max(-delta, Math.min(delta, error)) / width * scale;
        }
        return this;
    }

    /** Distance of an output from its target; counts it in the figures of a regression. */
    private double error(int i) {
        double error = outputs[i] - target(i / width, i % width);
        first[i / width] += Math.abs(error) / width;
        second[i / width] += error * error / width;
        return error;
    }

    private double target(int n, int k) {
        return TargetRows.value(batch.set().targets(), batch.indices()[n], k);
    }

    private static double weight(List<Double> weights, int k) {
        return weights.isEmpty() ? 1 : weights.get(k);
    }

    /** {@code [N, K]}. */
    double[] gradient() {
        return gradient;
    }

    /** Sum of the images' losses. */
    double sum() {
        return sum(losses);
    }

    /** Sum of the images' first figures. */
    double firstSum() {
        return sum(first);
    }

    /** Sum of the images' second figures. */
    double secondSum() {
        return sum(second);
    }

    /** The largest output of image {@code n}, the lowest on a tie. */
    int largest(int n) {
        int best = 0;
        for (int k = 1; k < width; k++) {
            if (outputs[n * width + k] > outputs[n * width + best]) {
                best = k;
            }
        }
        return best;
    }

    /** Prediction of the network for image {@code n} and output {@code k}: a probability, or the raw value. */
    double answer(int n, int k) {
        return answers[n * width + k];
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    /** {@code log(sum of exp(logit))}, the largest taken out so that nothing overflows. */
    private double logSumExp(int at) {
        double largest = outputs[at + largest(at / width)];
        double sum = 0;
        for (int k = 0; k < width; k++) {
            sum += Math.exp(outputs[at + k] - largest);
        }
        return largest + Math.log(sum);
    }
}
