package dev.convoke.report.section;

import dev.convoke.report.chart.Gallery.Picture;
import dev.convoke.report.chart.PngImage;
import dev.convoke.report.measure.Formats;
import dev.convoke.sweep.SweepResults.Mistake;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The images that a run was wrong about, over all its seeds. */
final class MostConfused {
    private static final int MOST = 12;

    private MostConfused() {}

    /** At most twelve: ordered by the number of seeds that misclassify them, then by confidence. */
    static List<Picture> of(ReportContext context, RunResults run) {
        Map<Integer, List<Mistake>> byImage = new LinkedHashMap<>();
        run.done().stream()
                .flatMap(seed -> seed.test().stream())
                .flatMap(test -> test.mistakes().stream())
                .forEach(mistake -> byImage.computeIfAbsent(mistake.image(), image -> new ArrayList<>())
                        .add(mistake));
        int seeds = run.done().size();
        return byImage.values().stream()
                .sorted(Comparator.comparingInt((List<Mistake> mistakes) -> mistakes.size())
                        .thenComparingDouble(mistakes -> surest(mistakes).confidence())
                        .reversed())
                .map(mistakes -> picture(context, mistakes, seeds))
                .flatMap(Optional::stream)
                .limit(MOST)
                .toList();
    }

    private static Mistake surest(List<Mistake> mistakes) {
        return mistakes.stream()
                .max(Comparator.comparingDouble(Mistake::confidence))
                .orElseThrow();
    }

    /** Empty where the pixels are no picture, as in a file that was written by hand. */
    private static Optional<Picture> picture(ReportContext context, List<Mistake> mistakes, int seeds) {
        Mistake mistake = surest(mistakes);
        try {
            String uri = PngImage.dataUri(
                    mistake.height(),
                    mistake.width(),
                    mistake.channels(),
                    Base64.getDecoder().decode(mistake.pixels()));
            String share = seeds > 1 ? ", " + mistakes.size() + " of " + seeds : "";
            return Optional.of(new Picture(
                    uri,
                    context.className(mistake.label()) + " → " + context.className(mistake.prediction()),
                    Formats.fixed(100 * mistake.confidence(), 1) + " %" + share));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
