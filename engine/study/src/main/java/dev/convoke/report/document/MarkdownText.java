package dev.convoke.report.document;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes lines of text as Markdown, with everything escaped that could be taken for markup. */
final class MarkdownText {
    private static final Pattern SPECIAL = Pattern.compile("[\\\\`*\\[\\]<|~$&]|(?<![\\p{Alnum}])_|_(?![\\p{Alnum}])");
    private static final Pattern LINE_START = Pattern.compile("^[#>+=-]");
    private static final Pattern NUMBERED = Pattern.compile("^\\d+[.)]");
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private MarkdownText() {}

    /** One line. */
    static String of(Text text) {
        StringBuilder out = new StringBuilder();
        text.parts().forEach(part -> out.append(of(part)));
        return out.toString();
    }

    private static String of(Inline part) {
        if (part instanceof Inline.Plain plain) {
            return escape(plain.text());
        } else if (part instanceof Inline.Strong strong) {
            return "**" + escape(strong.text()) + "**";
        } else if (part instanceof Inline.Code code) {
            return code(code.text());
        } else if (part instanceof Inline.Mark mark) {
            return "**" + VerdictWords.of(mark.verdict()).word() + "**";
        } else if (part instanceof Inline.Warning warning) {
            return "**" + escape(warning.text()) + "**";
        } else if (part instanceof Inline.Note note) {
            return superscript(note.number());
        }
        return escape(((Inline.Jump) part).text());
    }

    /** Words that Markdown shows as they are, on one line. */
    static String escape(String text) {
        return SPECIAL.matcher(oneLine(text)).replaceAll("\\\\$0");
    }

    /** A text that opens a line, where its first words might be taken for a heading, a quotation or a list. */
    static String opening(Text text) {
        String line = of(text);
        Matcher number = NUMBERED.matcher(line);
        if (number.find()) {
            return line.substring(0, number.end() - 1) + "\\" + line.substring(number.end() - 1);
        }
        return LINE_START.matcher(line).find() ? "\\" + line : line;
    }

    static String superscript(int number) {
        StringBuilder out = new StringBuilder();
        Integer.toString(number).chars().forEach(c -> out.append(SUPERSCRIPTS.charAt(c - '0')));
        return out.toString();
    }

    /** A code span, fenced by one backtick more than its text holds in a row; a bar would end a table's cell. */
    private static String code(String text) {
        String line = oneLine(text).replace("|", "\\|");
        int run = 0;
        int longest = 0;
        for (int i = 0; i < line.length(); i++) {
            run = line.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        String fence = "`".repeat(longest + 1);
        return longest == 0 ? fence + line + fence : fence + " " + line + " " + fence;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
