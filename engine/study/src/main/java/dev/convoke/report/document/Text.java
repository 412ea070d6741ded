package dev.convoke.report.document;

import java.util.List;
import java.util.stream.Stream;

/** A line of text with emphasis, names and marks in it. */
public record Text(List<Inline> parts) {
    /** No words at all. */
    public static final Text EMPTY = new Text(List.of());

    public Text {
        parts = List.copyOf(parts);
    }

    public static Text of(Inline... parts) {
        return new Text(List.of(parts));
    }

    public static Text plain(String text) {
        return of(new Inline.Plain(text));
    }

    public static Text strong(String text) {
        return of(new Inline.Strong(text));
    }

    public static Text code(String text) {
        return of(new Inline.Code(text));
    }

    /** This text with more after it. */
    public Text and(Inline... more) {
        return new Text(Stream.concat(parts.stream(), Stream.of(more)).toList());
    }

    /** This text with words after it. */
    public Text and(String more) {
        return and(new Inline.Plain(more));
    }
}
