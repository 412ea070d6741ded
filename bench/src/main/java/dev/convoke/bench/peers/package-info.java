/**
 * Comparison of Convoke with other engines on the same work: {@code ./convoke bench peers}. Every engine has a separate JVM
 * and class path; this package starts them, passes the same network, weights and images to each, measures them in
 * alternation, and prints and stores the times.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.bench.peers;
