package dev.convoke.report.chart;

/** Colors of Okabe and Ito's palette, which stay apart for color-blind readers; lightened on dark pages. */
public enum Hue {
    INK("c0"),
    BLUE("c1"),
    VERMILION("c2"),
    GREEN("c3"),
    ORANGE("c4"),
    PURPLE("c5"),
    SKY("c6"),
    BROWN("c7"),
    GRAY("c8");

    private final String cssClass;

    Hue(String cssClass) {
        this.cssClass = cssClass;
    }

    public String cssClass() {
        return cssClass;
    }

    /** The n-th of the hues that tell series apart. */
    public static Hue series(int n) {
        Hue[] order = {BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BROWN, GRAY, INK};
        return order[n % order.length];
    }
}
