/**
 * The same work on Convoke and on its peers, in one run: {@code ./convoke bench peers}. Every engine has a JVM and a class
 * path of its own; this package starts them, hands each the same network, weights and images, asks them in turn, and prints
 * and stores what they took.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.bench.peers;
