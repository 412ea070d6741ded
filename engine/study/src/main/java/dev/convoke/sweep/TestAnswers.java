package dev.convoke.sweep;

import dev.convoke.backend.Evaluation;
import dev.convoke.datasets.ImageSet;
import dev.convoke.train.Classification;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Turns the answers on a test set into what results keep of them. */
public final class TestAnswers {
    /** Wrong answers that are kept, the surest ones. */
    public static final int MISTAKES = 24;

    private TestAnswers() {}

    /** Figures, confusion and the surest mistakes. */
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
        return new SweepResults.Mistake(
                image,
                images.label(image),
                evaluation.predictions()[image],
                evaluation.confidence()[image],
                images.height(),
                images.width(),
                images.channels(),
                Base64.getEncoder().encodeToString(images.image(image)));
    }
}
