package dev.convoke.report.chart;

import dev.convoke.model.Layer;
import dev.convoke.model.ModelSpec;
import dev.convoke.report.markup.Element;
import dev.convoke.sweep.SweepResults.LayerFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A network as a row of plates: a plate is as tall as its feature maps and as thick as they are many, both on a
 * square-root scale; a vector is a thin upright bar. A layer that reads another than the one before it is joined to that one
 * by a line over the plates between them.
 */
public final class Architecture implements Panel {
    private static final double TITLE = 36;
    private static final double GAP = 12;
    private static final double SLOT = 72;
    private static final double TALLEST = 130;
    private static final double THICKEST = 46;
    private static final double TRACK = 9;
    private static final double WORDS = 92;
    private static final int FEWEST_SLOTS = 6;
    private static final int LONGEST_LINE = 10;

    private final String title;
    private final List<Plate> plates = new ArrayList<>();
    private final List<Skip> skips = new ArrayList<>();

    /** @param layers from input to output */
    public Architecture(String title, List<LayerFacts> layers) {
        this.title = title;
        Map<String, Integer> places = new HashMap<>();
        for (LayerFacts layer : layers) {
            int last = plates.size() - 1;
            List<String> inputs = layer.inputs().orElse(List.of());
            List<Integer> from = new ArrayList<>();
            for (String input : inputs) {
                from.add(input.equals(ModelSpec.INPUT) ? -1 : places.getOrDefault(input, last));
            }
            boolean follows = from.isEmpty() || from.equals(List.of(last));
            if (last >= 0 && follows && layer.group().equals(Optional.of(Layer.Group.ACTIVATION))) {
                plates.set(last, plates.get(last).with(layer));
            } else {
                plates.add(new Plate(layer, layer.kind(), from.isEmpty() || from.contains(last)));
                for (int source : from) {
                    if (source != last) {
                        skips.add(new Skip(source, plates.size() - 1));
                    }
                }
            }
            places.put(layer.name(), plates.size() - 1);
        }
    }

    /**
     * A layer that is drawn. An element-wise function keeps the shape, so it is named with the layer before it and has no
     * plate.
     *
     * @param follows whether it reads the plate before it
     */
    private record Plate(LayerFacts layer, String kind, boolean follows) {
        Plate with(LayerFacts activation) {
            return new Plate(layer, kind + " " + activation.kind(), follows);
        }
    }

    /** A plate whose input is not the one before it; -1 means the images. */
    private record Skip(int from, int to) {
        boolean overlaps(Skip other) {
            return from < other.to && other.from < to;
        }
    }

    @Override
    public int width() {
        return (int) (2 * GAP + SLOT * Math.max(FEWEST_SLOTS, plates.size()));
    }

    @Override
    public int height() {
        return (int) (bottom() + WORDS);
    }

    private double top() {
        int tracks =
                tracks().values().stream().mapToInt(track -> track + 1).max().orElse(0);
        return TITLE + 5 + TRACK * tracks;
    }

    private double middle() {
        return top() + TALLEST / 2;
    }

    private double bottom() {
        return top() + TALLEST;
    }

    /** Shorter lines run below longer ones, and none over another. */
    private Map<Skip, Integer> tracks() {
        Map<Skip, Integer> tracks = new HashMap<>();
        skips.stream()
                .distinct()
                .sorted(Comparator.comparingInt(skip -> skip.to() - skip.from()))
                .forEach(skip -> {
                    int track = 0;
                    while (isTaken(tracks, skip, track)) {
                        track++;
                    }
                    tracks.put(skip, track);
                });
        return tracks;
    }

    private static boolean isTaken(Map<Skip, Integer> tracks, Skip skip, int track) {
        return tracks.entrySet().stream()
                .anyMatch(other -> other.getValue() == track && other.getKey().overlaps(skip));
    }

    @Override
    public String description() {
        List<String> words = new ArrayList<>();
        for (Plate plate : plates) {
            words.add(plate.kind() + " " + plate.layer().output());
        }
        return title + ": " + String.join(", ", words);
    }

    @Override
    public Element draw() {
        Element g = Element.of("g").add(LinePanel.text("title", 2, 16, title));
        double tallest = plates.stream()
                .mapToDouble(plate -> Shape.of(plate.layer()).side())
                .max()
                .orElse(1);
        double most = plates.stream()
                .mapToDouble(plate -> Shape.of(plate.layer()).depth())
                .max()
                .orElse(1);
        double[] edges = new double[plates.size()];
        for (int i = 0; i < plates.size(); i++) {
            Plate plate = plates.get(i);
            double x = x(i);
            if (i > 0 && plate.follows()) {
                g.add(LinePanel.line("axis", x - SLOT + THICKEST / 2 + 4, middle(), x - THICKEST / 2 - 4, middle()));
            }
            Shape shape = Shape.of(plate.layer());
            double height = Math.max(14, TALLEST * Math.sqrt(shape.side() / tallest));
            double width = Math.max(7, THICKEST * Math.sqrt(shape.depth() / most));
            edges[i] = middle() - height / 2;
            g.add(Element.of("rect", "plate " + hue(plate.layer()).cssClass())
                    .with("x", x - width / 2)
                    .with("y", edges[i])
                    .with("width", width)
                    .with("height", height)
                    .with("rx", 2));
            drawWords(g, plate, x);
        }
        tracks().forEach((skip, track) -> g.add(Element.of("path", "skip").with("d", path(skip, track, edges))));
        return g;
    }

    private static double x(int place) {
        return GAP + (place + 0.5) * SLOT;
    }

    /** Up from the middle of one plate's upper edge, along the track, down to the other's. */
    private String path(Skip skip, int track, double[] edges) {
        double from = skip.from() < 0 ? 2 : x(skip.from()) + 3;
        double start = skip.from() < 0 ? middle() : edges[skip.from()] - 2;
        double to = x(skip.to()) - 3;
        double y = top() - 4 - TRACK * track;
        return String.format(
                Locale.ROOT,
                "M%.2f %.2fL%.2f %.2fL%.2f %.2fL%.2f %.2f",
                from,
                start,
                from,
                y,
                to,
                y,
                to,
                edges[skip.to()] - 2);
    }

    private void drawWords(Element g, Plate plate, double x) {
        double y = bottom() + 24;
        for (String word : lines(plate.kind())) {
            g.add(LinePanel.text("tick middle strong", x, y, word));
            y += 14;
        }
        for (String line : lines(plate.layer().output())) {
            g.add(LinePanel.text("tick middle", x, y, line));
            y += 14;
        }
        int parameters = plate.layer().parameters();
        if (parameters > 0) {
            g.add(LinePanel.text("tick middle faint-text", x, y, String.format(Locale.ROOT, "%,d", parameters)));
        }
    }

    /** Words in lines of at most ten characters, which a slot holds; two lines at most. */
    static List<String> lines(String words) {
        List<String> lines = new ArrayList<>();
        String shorter = words.replace("normalization", "norm").replace("convolution", "conv");
        for (String word : shorter.trim().split("\\s+", -1)) {
            int last = lines.size() - 1;
            if (last >= 0 && lines.get(last).length() + word.length() < LONGEST_LINE) {
                lines.set(last, lines.get(last) + " " + word);
            } else {
                lines.add(word.length() <= LONGEST_LINE ? word : word.substring(0, LONGEST_LINE - 1) + "…");
            }
        }
        return lines.subList(0, Math.min(2, lines.size()));
    }

    private static Hue hue(LayerFacts layer) {
        return layer.group()
                .map(group -> switch (group) {
                    case CONVOLUTION -> Hue.BLUE;
                    case POOLING -> Hue.GREEN;
                    case DENSE -> Hue.ORANGE;
                    case NORMALIZATION -> Hue.VERMILION;
                    case DROPOUT -> Hue.PURPLE;
                    case JOIN -> Hue.SKY;
                    case ACTIVATION, RESHAPE -> Hue.GRAY;
                })
                .orElse(Hue.GRAY);
    }

    /**
     * What a plate shows of an output.
     *
     * @param side rows of a feature map; for a vector the square root of its length, capped
     * @param depth feature maps; 1 for a vector
     */
    record Shape(double side, double depth) {
        /** Longer vectors are drawn no taller. */
        private static final double LONGEST_SIDE = 28;

        static Shape of(LayerFacts layer) {
            List<Integer> sizes = layer.sizes();
            int channels = sizes.get(0);
            boolean isVector = sizes.get(1) == 1 && sizes.get(2) == 1;
            return isVector
                    ? new Shape(Math.min(LONGEST_SIDE, Math.sqrt(channels)), 1)
                    : new Shape(sizes.get(1), channels);
        }
    }
}
