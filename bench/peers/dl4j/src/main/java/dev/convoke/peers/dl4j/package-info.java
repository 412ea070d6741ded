/** The bench's work on Deeplearning4j and ND4J. */
@org.jspecify.annotations.NullMarked
package dev.convoke.peers.dl4j;
