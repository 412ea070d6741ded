package dev.convoke.report.section;

import dev.convoke.report.chart.Architecture;
import dev.convoke.report.chart.Figure;
import dev.convoke.report.chart.Panel;
import dev.convoke.report.document.Block;
import dev.convoke.report.measure.Formats;
import dev.convoke.sweep.Study.FigureForm;
import dev.convoke.sweep.Study.StudyFigure;
import dev.convoke.sweep.SweepResults.LayerFacts;
import dev.convoke.sweep.SweepResults.RunResults;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The networks of a sweep, each drawn once; where a study has a figure for them, under its title. */
final class Networks {
    /** A grid over architectures may hold hundreds; more than this are named in their own sections alone. */
    private static final int MOST_DRAWN = 6;

    private Networks() {}

    static List<Block> blocks(ReportContext context) {
        Map<List<String>, List<RunResults>> byShape = new LinkedHashMap<>();
        for (RunResults run : context.results().runs()) {
            if (!run.layers().isEmpty()) {
                byShape.computeIfAbsent(key(run.layers()), shape -> new ArrayList<>())
                        .add(run);
            }
        }
        if (byShape.isEmpty()) {
            return List.of();
        }
        List<Panel> panels =
                byShape.values().stream().limit(MOST_DRAWN).map(Networks::panel).toList();
        Optional<StudyFigure> figure = context.study().figures().stream()
                .filter(each -> each.form() == FigureForm.ARCHITECTURE)
                .findFirst();
        String title = figure.map(StudyFigure::title).orElse("Architecture");
        return List.of(new Block.Plot(new Figure(
                ReportContext.slug(title) + ".svg",
                title,
                "The height of a plate is the size of its feature maps, its thickness their number, on square-root scales. Below each"
                        + " layer: its output and, in italics, its parameters."
                        + (byShape.size() > MOST_DRAWN
                                ? " The first " + MOST_DRAWN + " of " + byShape.size() + " networks are drawn."
                                : "")
                        + figure.map(each -> StudyFigures.words(context, each)).orElse(""),
                List.of(),
                panels,
                1)));
    }

    private static List<String> key(List<LayerFacts> layers) {
        return layers.stream()
                .map(layer -> layer.kind() + " " + layer.output() + " " + layer.parameters())
                .toList();
    }

    private static Panel panel(List<RunResults> runs) {
        RunResults first = runs.get(0);
        String others = runs.size() == 1
                ? ""
                : runs.size() == 2 ? " and " + runs.get(1).name() : " and " + (runs.size() - 1) + " others";
        return new Architecture(
                first.name() + others + ": " + Formats.count(first.parameterCount()) + " parameters", first.layers());
    }
}
