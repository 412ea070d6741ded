package dev.convoke.sweep;

import dev.convoke.backend.Evaluation;
import dev.convoke.datasets.ImageSet;
import dev.convoke.train.Classification;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Summarizes the predictions on a test set for the results. */
public final class TestSummary {
    /** Number of misclassified images that are kept, those with the highest confidence. */
    public static final int MISTAKES = 24;

    /**
     * Maximum bytes of one of their pictures: 64x64 in gray, 36x36 in color. Larger ones are shrunk, so that the size of
     * results does not depend on the image size.
     */
    static final int PICTURE_BYTES = 4096;

    private TestSummary() {}

    /** Metrics, confusion matrix and the misclassified images with the highest confidence. */
    public static SweepResults.TestResults of(Evaluation evaluation, ImageSet images, int classes) {
        Classification classification = Classification.of(evaluation, images, classes);
        return new SweepResults.TestResults(
                evaluation.loss(),
                evaluation.dataLoss(),
                classification.accuracy(),
                classification,
                mistakes(evaluation, images));
    }

    private static List<SweepResults.Mistake> mistakes(Evaluation evaluation, ImageSet images) {
        Comparator<Integer> surestFirst =
                Comparator.comparing(image -> -evaluation.confidence()[image]);
        return IntStream.range(0, images.count())
                .filter(image -> evaluation.predictions()[image] != images.label(image))
                .boxed()
                .sorted(surestFirst.thenComparing(Comparator.naturalOrder()))
                .limit(MISTAKES)
                .map(image -> mistake(evaluation, images, image))
                .toList();
    }

    private static SweepResults.Mistake mistake(Evaluation evaluation, ImageSet images, int image) {
        int step = step(images);
        int height = (images.height() + step - 1) / step;
        int width = (images.width() + step - 1) / step;
        byte[] pixels = images.image(image);
        return new SweepResults.Mistake(
                image,
                images.label(image),
                evaluation.predictions()[image],
                evaluation.confidence()[image],
                height,
                width,
                images.channels(),
                Base64.getEncoder().encodeToString(step == 1 ? pixels : shrunk(pixels, images, step, height, width)));
    }

    /** The smallest whole factor by which pictures have to shrink. */
    private static int step(ImageSet images) {
        int step = 1;
        while ((long) ((images.height() + step - 1) / step) * ((images.width() + step - 1) / step) * images.channels()
                        > PICTURE_BYTES
                && step < Math.max(images.height(), images.width())) {
            step++;
        }
        return step;
    }

    /** Means over squares of {@code step} pixels, those at the edges over what there is of them. */
    private static byte[] shrunk(byte[] pixels, ImageSet images, int step, int height, int width) {
        int channels = images.channels();
        byte[] small = new byte[height * width * channels];
        for (int at = 0; at < small.length; at++) {
            int channel = at % channels;
            int left = at / channels % width * step;
            int top = at / channels / width * step;
            int right = Math.min(left + step, images.width());
            int bottom = Math.min(top + step, images.height());
            long sum = 0;
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    sum += pixels[(row * images.width() + column) * channels + channel] & 0xff;
                }
            }
            long count = (long) (right - left) * (bottom - top);
            small[at] = (byte) ((sum + count / 2) / count);
        }
        return small;
    }
}
