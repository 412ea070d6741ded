package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Work under the limits of a machine, both axes logarithmic: operations a second over operations a byte. Left of the ridge
 * memory is the limit, a slope; right of it arithmetic, a level line.
 *
 * @param peak operations a second
 * @param memory bytes a second, beyond the caches
 * @param cache bytes a second, within them
 */
public record RooflinePanel(String title, double peak, double memory, double cache, List<Point> points)
        implements Panel {
    private static final double LEFT = 58;
    private static final double RIGHT = 684;
    private static final double TOP = 50;
    private static final double BOTTOM = 428;
    private static final double GIGA = 1e9;
    /** Margin beyond the outermost points, as a factor. */
    private static final double ROOM = 2;

    /** Space for the label of the horizontal part of the roof. */
    private static final double NAME_WIDTH = 84;

    private static final double NAME_HEIGHT = 20;
    private static final double LEAST_RADIUS = 3.5;
    private static final double RADIUS_OF_ALL = 13;

    /**
     * One op.
     *
     * @param intensity operations a byte
     * @param rate operations a second
     * @param share of the step, 0 to 1: the size of the mark
     */
    public record Point(String label, Mark mark, double intensity, double rate, double share) {}

    /** What a mark looks like. */
    public enum Mark {
        CIRCLE(Hue.BLUE),
        DIAMOND(Hue.VERMILION),
        SQUARE(Hue.GREEN);

        private final Hue hue;

        Mark(Hue hue) {
            this.hue = hue;
        }
    }

    public RooflinePanel {
        points = List.copyOf(points);
    }

    @Override
    public int width() {
        return 700;
    }

    @Override
    public int height() {
        return 474;
    }

    @Override
    public String description() {
        return title + ": " + points.size() + " ops below " + label(peak) + " GFLOP/s and " + label(memory) + " GB/s";
    }

    @Override
    public Element draw() {
        Element g = Element.of("g").add(LinePanel.text("title", 2, 16, title));
        Frame frame = frame();
        drawAxes(g, frame);
        drawRoof(g, frame, cache, "line dashed c8");
        drawRoof(g, frame, memory, "line c0");
        drawRoofNames(g, frame);
        points.stream()
                .sorted(Comparator.comparingDouble(Point::share).reversed())
                .forEach(point -> drawMark(g, frame, point));
        drawLabels(g, frame);
        return g;
    }

    private Frame frame() {
        double[] x = DoubleStream.concat(
                        points.stream().mapToDouble(Point::intensity), DoubleStream.of(peak / memory, peak / cache))
                .filter(value -> value > 0)
                .toArray();
        double[] y = DoubleStream.concat(points.stream().mapToDouble(Point::rate), DoubleStream.of(peak))
                .filter(value -> value > 0)
                .toArray();
        return new Frame(logarithmic(x, 1), logarithmic(y, GIGA));
    }

    private static Scale logarithmic(double[] values, double unit) {
        double low = DoubleStream.of(values).min().orElse(unit) / unit;
        double high = DoubleStream.of(values).max().orElse(unit) / unit;
        return new Scale(Scale.Kind.LOGARITHMIC, low / ROOM, high * ROOM);
    }

    private static void drawAxes(Element g, Frame frame) {
        for (double tick : frame.y.ticks()) {
            double y = frame.y(tick * GIGA);
            g.add(LinePanel.line("grid", LEFT, y, RIGHT, y));
            g.add(LinePanel.text("tick end", LEFT - 6, y + 4, frame.y.label(tick)));
        }
        for (double tick : frame.x.ticks()) {
            double x = frame.x(tick);
            g.add(LinePanel.line("grid", x, TOP, x, BOTTOM));
            g.add(LinePanel.text("tick middle", x, BOTTOM + 17, frame.x.label(tick)));
        }
        g.add(LinePanel.line("axis", LEFT, BOTTOM, RIGHT, BOTTOM));
        g.add(LinePanel.text("tick", 2, TOP - 12, "GFLOP/s"));
        g.add(LinePanel.text("tick middle", (LEFT + RIGHT) / 2, BOTTOM + 35, "FLOP a byte"));
    }

    /** The slope of a bandwidth up to the ridge, then level to the right. */
    private void drawRoof(Element g, Frame frame, double bandwidth, String css) {
        double ridge = peak / bandwidth;
        double start = Math.max(frame.x.low(), frame.y.low() * GIGA / bandwidth);
        String path = point('M', frame.x(start), frame.y(start * bandwidth))
                + point('L', frame.x(ridge), frame.y(peak))
                + point('L', RIGHT, frame.y(peak));
        g.add(Element.of("path", css).with("d", path));
    }

    private void drawRoofNames(Element g, Frame frame) {
        g.add(LinePanel.text("tick end strong", RIGHT, frame.y(peak) - 7, label(peak) + " GFLOP/s"));
        drawSlopeName(g, frame, memory, "memory " + label(memory) + " GB/s", 15);
        drawSlopeName(g, frame, cache, "cache " + label(cache) + " GB/s", -7);
    }

    /** A name along a slope, two thirds of the way to the ridge. */
    private void drawSlopeName(Element g, Frame frame, double bandwidth, String name, double away) {
        double low = Math.max(frame.x.low(), frame.y.low() * GIGA / bandwidth);
        double ridge = peak / bandwidth;
        double at = low * Math.pow(ridge / low, 0.35);
        double x = frame.x(at);
        double y = frame.y(at * bandwidth);
        double angle = Math.toDegrees(Math.atan2(frame.y(peak) - y, frame.x(ridge) - x));
        g.add(LinePanel.text("tick", x, y + away, name)
                .with("transform", String.format(Locale.ROOT, "rotate(%.1f %.1f %.1f)", angle, x, y)));
    }

    private static double radius(Point point) {
        return Math.max(LEAST_RADIUS, RADIUS_OF_ALL * Math.sqrt(Math.max(0, point.share())));
    }

    private static void drawMark(Element g, Frame frame, Point point) {
        double x = frame.x(point.intensity());
        double y = frame.y(point.rate());
        double r = radius(point);
        String css = "plate " + point.mark().hue.cssClass();
        g.add(
                switch (point.mark()) {
                    case CIRCLE ->
                        Element.of("circle", css).with("cx", x).with("cy", y).with("r", r);
                    case DIAMOND ->
                        Element.of("path", css)
                                .with(
                                        "d",
                                        point('M', x - 1.25 * r, y)
                                                + point('L', x, y - 1.25 * r)
                                                + point('L', x + 1.25 * r, y)
                                                + point('L', x, y + 1.25 * r)
                                                + "Z");
                    case SQUARE ->
                        Element.of("rect", css)
                                .with("x", x - r)
                                .with("y", y - r)
                                .with("width", 2 * r)
                                .with("height", 2 * r);
                });
    }

    private void drawLabels(Element g, Frame frame) {
        List<LabelPlaces.Mark> marks = new ArrayList<>();
        for (Point point : points) {
            marks.add(new LabelPlaces.Mark(
                    frame.x(point.intensity()), frame.y(point.rate()), radius(point), point.label()));
        }
        LabelPlaces places = new LabelPlaces(LEFT, TOP, RIGHT, BOTTOM);
        double level = frame.y(peak);
        places.avoidLine(frame.x(peak / cache), level, RIGHT, level);
        places.avoidLine(LEFT, frame.y(frame.x.low() * memory), frame.x(peak / memory), level);
        places.avoid(RIGHT - NAME_WIDTH, level - NAME_HEIGHT, RIGHT, level);
        for (LabelPlaces.Label label : places.place(marks)) {
            if (label.isApart()) {
                g.add(LinePanel.line("axis", label.mark().x(), label.mark().y(), label.anchorX(), label.anchorY()));
            }
            g.add(LinePanel.text(
                    "label", label.x(), label.baseline(), label.mark().text()));
        }
    }

    private static String point(char command, double x, double y) {
        return command + Element.coordinate(x) + " " + Element.coordinate(y);
    }

    /** Giga a second, three digits. */
    private static String label(double rate) {
        double giga = rate / GIGA;
        return String.format(Locale.ROOT, giga < 10 ? "%.2f" : giga < 100 ? "%.1f" : "%.0f", giga);
    }

    /** What the axes mean; y in units of 1e9. */
    private record Frame(Scale x, Scale y) {
        double x(double intensity) {
            return LEFT + x.at(intensity) * (RIGHT - LEFT);
        }

        double y(double rate) {
            return BOTTOM - y.at(rate / GIGA) * (BOTTOM - TOP);
        }
    }
}
