package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;

/** One drawing of fixed size. */
public interface Panel {
    int width();

    int height();

    /** What it shows, for those who cannot see it. */
    String description();

    /** The drawing, a {@code g} whose coordinates lie within 0 to width and 0 to height. */
    Element draw();

    /** The drawing as an element of its own. */
    default Element svg() {
        return Element.of("svg", "chart")
                .with("xmlns", "http://www.w3.org/2000/svg")
                .with("viewBox", "0 0 " + width() + " " + height())
                .with("role", "img")
                .with("aria-label", description())
                .add(draw());
    }
}
