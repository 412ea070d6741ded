package dev.convoke.report.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Places the labels of scattered marks without overlap: next to the mark if there is space, otherwise farther away with a
 * line to it.
 */
final class LabelPlaces {
    private static final double CHARACTER = 6.4;
    private static final double ASCENT = 9;
    private static final double DESCENT = 3;
    private static final double GAP = 4;
    /** How far from its mark a label is tried, beyond the mark's edge. */
    private static final double[] DISTANCES = {GAP, 14, 26, 40, 56, 74};

    /** Above this distance a line connects label and mark. */
    private static final double APART = 10;

    private static final int DIRECTIONS = 16;

    /** A slanting line is kept clear in pieces of this length. */
    private static final double PIECE = 6;

    private final Box bounds;
    private final List<Box> taken = new ArrayList<>();

    LabelPlaces(double left, double top, double right, double bottom) {
        bounds = new Box(left, top, right, bottom);
    }

    /** Keeps labels off a straight line, but for its ends. */
    void avoidLine(double x1, double y1, double x2, double y2) {
        int pieces = (int) Math.ceil(Math.hypot(x2 - x1, y2 - y1) / PIECE);
        for (int i = 0; i < pieces; i++) {
            double x = x1 + (x2 - x1) * (i + 0.5) / pieces;
            double y = y1 + (y2 - y1) * (i + 0.5) / pieces;
            avoid(x - PIECE / 2, y - 1, x + PIECE / 2, y + 1);
        }
    }

    /** Keeps labels off a rectangle. */
    void avoid(double left, double top, double right, double bottom) {
        taken.add(new Box(left, top, right, bottom));
    }

    /** A mark with the text that names it. */
    record Mark(double x, double y, double radius, String text) {}

    /** A label in its place; {@code x} is its left edge. */
    record Label(Mark mark, double x, double baseline, double distance) {
        boolean isApart() {
            return distance >= APART;
        }

        private Box box() {
            return new Box(x, baseline - ASCENT, x + CHARACTER * mark.text().length(), baseline + DESCENT);
        }

        /** Where a line from the mark ends: the nearest point of the label's edge. */
        double anchorX() {
            return Math.max(box().left, Math.min(box().right, mark.x()));
        }

        double anchorY() {
            return Math.max(box().top, Math.min(box().bottom, mark.y()));
        }
    }

    List<Label> place(List<Mark> marks) {
        marks.forEach(mark -> taken.add(around(mark)));
        List<Label> labels = new ArrayList<>();
        for (Mark mark : marks) {
            Label label = best(mark);
            labels.add(label);
            taken.add(label.box());
        }
        return labels;
    }

    private static Box around(Mark mark) {
        double r = mark.radius();
        return new Box(mark.x() - r, mark.y() - r, mark.x() + r, mark.y() + r);
    }

    /** The nearest free place; where there is none, the one that covers least. */
    private Label best(Mark mark) {
        Label best = at(mark, 0, DISTANCES[0]);
        double least = Double.MAX_VALUE;
        for (double distance : DISTANCES) {
            for (int direction = 0; direction < DIRECTIONS; direction++) {
                Label label = at(mark, 2 * Math.PI * direction / DIRECTIONS, distance);
                Box box = label.box();
                double covered = bounds.holds(box)
                        ? taken.stream().mapToDouble(box::overlap).sum()
                        : Double.MAX_VALUE;
                if (covered < least) {
                    best = label;
                    least = covered;
                }
                if (covered == 0) {
                    return label;
                }
            }
        }
        return best;
    }

    private static Label at(Mark mark, double angle, double distance) {
        double reach = mark.radius() + distance;
        double width = CHARACTER * mark.text().length();
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double x = mark.x() + reach * cos - width * (1 - cos) / 2;
        double middle = mark.y() + reach * sin + sin * (ASCENT + DESCENT) / 2;
        return new Label(mark, x, middle + (ASCENT - DESCENT) / 2, distance);
    }

    /** A rectangle; y grows downwards. */
    private record Box(double left, double top, double right, double bottom) {
        double overlap(Box other) {
            double width = Math.min(right, other.right) - Math.max(left, other.left);
            double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
            return Math.max(0, width) * Math.max(0, height);
        }

        boolean holds(Box other) {
            return left <= other.left && top <= other.top && other.right <= right && other.bottom <= bottom;
        }
    }
}
