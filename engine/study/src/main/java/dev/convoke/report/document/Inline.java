package dev.convoke.report.document;

import dev.convoke.sweep.SweepResults.Verdict;

/** A piece of a line of text. */
public sealed interface Inline {
    /** Words. */
    record Plain(String text) implements Inline {}

    /** Words that matter. */
    record Strong(String text) implements Inline {}

    /** A name or command, letter by letter. */
    record Code(String text) implements Inline {}

    /** A verdict, marked as one. */
    record Mark(Verdict verdict) implements Inline {}

    /** A word in a frame that warns, such as 'selected on test'. */
    record Warning(String text) implements Inline {}

    /** A reference to a numbered note on the preceding text, and the name of such a note. */
    record Note(int number, String word) implements Inline {}

    /** A link to a heading of the same report. */
    record Jump(String id, String text) implements Inline {}
}
