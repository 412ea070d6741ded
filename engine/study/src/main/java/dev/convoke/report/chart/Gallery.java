package dev.convoke.report.chart;

import dev.convoke.report.markup.Element;
import java.util.List;

/** Small images with two lines of text each, six in a row: the most confused images of a run, in a separate file. */
public record Gallery(String title, List<Picture> pictures) implements Panel {
    private static final int COLUMNS = 6;
    private static final double SLOT = 116;
    private static final double SIDE = 84;
    private static final double LINE = 136;

    /**
     * A picture.
     *
     * @param dataUri a PNG
     * @param headline such as true and predicted label
     * @param detail such as the confidence
     */
    public record Picture(String dataUri, String headline, String detail) {}

    public Gallery {
        pictures = List.copyOf(pictures);
    }

    @Override
    public int width() {
        return (int) (COLUMNS * SLOT);
    }

    @Override
    public int height() {
        int rows = (pictures.size() + COLUMNS - 1) / COLUMNS;
        return (int) (LINE * rows);
    }

    @Override
    public String description() {
        return title;
    }

    @Override
    public Element draw() {
        Element g = Element.of("g");
        for (int i = 0; i < pictures.size(); i++) {
            double x = (i % COLUMNS) * SLOT;
            int row = i / COLUMNS;
            double y = row * LINE;
            Picture picture = pictures.get(i);
            g.add(Element.of("image", "pixels")
                    .with("x", x)
                    .with("y", y)
                    .with("width", SIDE)
                    .with("height", SIDE)
                    .with("href", picture.dataUri()));
            g.add(LinePanel.text("label strong", x, y + SIDE + 17, picture.headline()));
            g.add(LinePanel.text("tick", x, y + SIDE + 32, picture.detail()));
        }
        return g;
    }
}
