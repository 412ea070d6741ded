package dev.convoke.plan;

/**
 * A piece of memory and when it is needed. Time counts the ops of a training step: forward {@code 0 .. n-1}, the loss {@code n}, backward
 * {@code n+1 .. 2n} in reverse order of the ops.
 *
 * @param name for messages
 * @param bytes size
 * @param first time of the first write
 * @param last time of the last read
 */
public record Lifetime(String name, long bytes, int first, int last) {
    boolean overlapsInTime(Lifetime other) {
        return first <= other.last && other.first <= last;
    }
}
