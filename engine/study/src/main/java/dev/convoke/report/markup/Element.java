package dev.convoke.report.markup;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An element of HTML or SVG. What it writes is well-formed XML that an HTML parser reads the same way, and every text and
 * attribute is escaped, whatever it holds.
 */
public final class Element {
    /** Elements that end where they start: HTML's void elements, and the shapes of SVG. */
    private static final Set<String> EMPTY =
            Set.of("meta", "br", "hr", "img", "col", "rect", "line", "circle", "path", "image");

    private final String name;
    private final StringBuilder attributes = new StringBuilder();
    private final List<Object> children = new ArrayList<>(); // Element, or String yet to be escaped

    private Element(String name) {
        this.name = name;
    }

    public static Element of(String name) {
        return new Element(name);
    }

    /** An element of that class. */
    public static Element of(String name, String cssClass) {
        return new Element(name).with("class", cssClass);
    }

    /** Adds an attribute; returns this element. */
    public Element with(String attribute, String value) {
        attributes.append(' ').append(attribute).append("=\"");
        escape(value, true, attributes);
        attributes.append('"');
        return this;
    }

    /** Adds a coordinate or size, to a hundredth. */
    public Element with(String attribute, double value) {
        return with(attribute, coordinate(value));
    }

    /** Adds text; returns this element. */
    public Element text(String text) {
        children.add(text);
        return this;
    }

    /** Adds a child; returns this element. */
    public Element add(Element child) {
        children.add(child);
        return this;
    }

    /** Adds children; returns this element. */
    public Element addAll(List<Element> elements) {
        children.addAll(elements);
        return this;
    }

    /** A number as SVG reads it, to a hundredth, without idle zeros. */
    public static String coordinate(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }

    private void write(StringBuilder out) {
        out.append('<').append(name).append(attributes);
        if (EMPTY.contains(name)) {
            out.append("/>");
            return;
        }
        out.append('>');
        for (Object child : children) {
            if (child instanceof Element element) {
                element.write(out);
            } else {
                escape((String) child, false, out);
            }
        }
        out.append("</").append(name).append('>');
        if (breaksAfter()) {
            out.append('\n');
        }
    }

    /** A line break after the larger elements keeps the file readable and changes nothing that is shown. */
    private boolean breaksAfter() {
        return Set.of("p", "div", "section", "tr", "figure", "table", "svg", "li", "h1", "h2", "h3", "h4")
                .contains(name);
    }

    /** Quotes matter within an attribute alone; a style sheet, which HTML does not unescape, needs them as they are. */
    private static void escape(String text, boolean quoted, StringBuilder out) {
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append(endsInBracket(out) ? "&gt;" : ">");
                case '"' -> out.append(quoted ? "&quot;" : "\"");
                default -> out.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
            }
        });
    }

    /** XML forbids the three characters {@code ]]>} in a row; style sheets need the last of them by itself. */
    private static boolean endsInBracket(StringBuilder out) {
        return out.length() > 0 && out.charAt(out.length() - 1) == ']';
    }

    /** Characters that XML 1.0 allows. */
    private static boolean isAllowed(int c) {
        return c == '\t'
                || c == '\n'
                || c == '\r'
                || (c >= 0x20 && c <= 0xD7FF)
                || (c >= 0xE000 && c != 0xFFFE && c != 0xFFFF);
    }
}
