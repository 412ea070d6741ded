/**
 * The interface between the benchmark and a peer: the operations ({@link dev.convoke.peers.Peer}), the protocol between
 * processes ({@link dev.convoke.peers.PeerServer}), and the work itself ({@link dev.convoke.peers.Workload}). Plain Java
 * without dependencies: it is on the class path of every peer.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.peers;
