package dev.convoke.model;

import java.util.List;

/**
 * The fields of a layer, a loss or an optimizer from a suite or a saved model. Every error is thrown as an exception with
 * its location. Keys that are never requested are unknown, and rejected after reading.
 */
public interface Fields {
    /** The value of the word {@code classes}, for a layer that has as many units as there are classes. */
    int outputs();

    boolean has(String key);

    /** Whether the value is a word, as {@code same} is. */
    boolean isWord(String key);

    /** A finite number. */
    double number(String key, double otherwise);

    /** A number that must be there. */
    double number(String key);

    /** A required positive integer; the word {@code classes} means {@link #outputs}. */
    int count(String key);

    /** A whole number of {@code least} or more. */
    int count(String key, int least, int otherwise);

    /** One whole number or a list of them, each {@code least} or more. */
    List<Integer> counts(String key, int least, List<Integer> otherwise);

    /** A list of numbers. */
    List<Double> numbers(String key, List<Double> otherwise);

    boolean flag(String key, boolean otherwise);

    /** One of an enum's constants, written in lower case. */
    <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise);

    /** One of an enum's constants that must be there. */
    <E extends Enum<E>> E choice(String key, Class<E> type);

    /** A fault at {@code key}, to be thrown. */
    RuntimeException error(String key, String message);
}
