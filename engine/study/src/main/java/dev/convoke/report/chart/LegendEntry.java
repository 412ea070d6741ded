package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;

/** One line of a legend: a sample and what it means. */
public record LegendEntry(Sample sample, Hue hue, String label) {
    /** What the sample looks like. */
    public enum Sample {
        LINE,
        DASHED,
        BAND,
        BLOCK,
        DOT,
        DIAMOND
    }

    /** Width of the sample. */
    static final int WIDTH = 26;

    /** The sample, 26 by 14. */
    public Element draw() {
        String css = hue.cssClass();
        return switch (sample) {
            case LINE -> LinePanel.line("line " + css, 0, 7, WIDTH, 7);
            case DASHED -> LinePanel.line("line dashed " + css, 0, 7, WIDTH, 7);
            case BAND -> block("band " + css);
            case BLOCK -> block("plate " + css);
            case DOT ->
                Element.of("circle", "dot " + css)
                        .with("cx", WIDTH / 2.0)
                        .with("cy", 7)
                        .with("r", 4);
            case DIAMOND -> Element.of("path", "diamond " + css).with("d", "M8 7L13 2L18 7L13 12Z");
        };
    }

    private static Element block(String css) {
        return Element.of("rect", css)
                .with("x", 0)
                .with("y", 2)
                .with("width", WIDTH)
                .with("height", 10);
    }
}
