package dev.convoke.report.document;

import dev.convoke.sweep.SweepResults.Verdict;

/** A verdict in readable form: a word and a sign, independent of color. */
public enum VerdictWords {
    CONFIRMED("confirmed", "✓"),
    REFUTED("refuted", "✗"),
    UNDECIDED("undecided", "?"),
    NOT_TESTED("not tested", "–"),
    NOT_COMPARABLE("not comparable", "–");

    private final String word;
    private final String sign;

    VerdictWords(String word, String sign) {
        this.word = word;
        this.sign = sign;
    }

    public static VerdictWords of(Verdict verdict) {
        return switch (verdict) {
            case CONFIRMED -> CONFIRMED;
            case REFUTED -> REFUTED;
            case UNDECIDED -> UNDECIDED;
            case NOT_TESTED -> NOT_TESTED;
            case NOT_COMPARABLE -> NOT_COMPARABLE;
        };
    }

    public String word() {
        return word;
    }

    public String sign() {
        return sign;
    }

    /** Class name in the style sheet. */
    String cssClass() {
        return word.replace(' ', '-');
    }
}
