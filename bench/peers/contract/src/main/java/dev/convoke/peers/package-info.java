/**
 * The contract between the bench and a peer: what is asked ({@link dev.convoke.peers.Peer}), how the question reaches the
 * peer's own JVM ({@link dev.convoke.peers.PeerServer}), and the work itself ({@link dev.convoke.peers.Workload}). Plain
 * Java: it is on the class path of every peer and knows none of them.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.peers;
