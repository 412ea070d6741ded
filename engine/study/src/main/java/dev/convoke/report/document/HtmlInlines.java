package dev.convoke.report.document;

import dev.convoke.report.markup.Element;

/** Writes lines of text as HTML. */
final class HtmlInlines {
    private HtmlInlines() {}

    /** Adds {@code text} to {@code into}; returns {@code into}. */
    static Element write(Text text, Element into) {
        for (Inline part : text.parts()) {
            write(part, into);
        }
        return into;
    }

    private static void write(Inline part, Element into) {
        if (part instanceof Inline.Plain plain) {
            into.text(plain.text());
        } else if (part instanceof Inline.Strong strong) {
            into.add(Element.of("strong").text(strong.text()));
        } else if (part instanceof Inline.Code code) {
            into.add(Element.of("code").text(code.text()));
        } else if (part instanceof Inline.Mark mark) {
            into.add(chip(VerdictWords.of(mark.verdict())));
        } else if (part instanceof Inline.Warning warning) {
            into.add(Element.of("span", "warning").text(warning.text()));
        } else if (part instanceof Inline.Note note) {
            into.add(Element.of("sup")
                    .add(Element.of("a")
                            .with("href", "#note-" + note.number())
                            .with("title", note.word() + " " + note.number())
                            .text(Integer.toString(note.number()))));
        } else if (part instanceof Inline.Jump jump) {
            into.add(Element.of("a").with("href", "#" + jump.id()).text(jump.text()));
        }
    }

    static Element chip(VerdictWords words) {
        return Element.of("span", "chip " + words.cssClass())
                .add(Element.of("span", "sign").with("aria-hidden", "true").text(words.sign()))
                .text(" " + words.word());
    }
}
