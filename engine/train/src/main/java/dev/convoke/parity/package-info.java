/**
 * Whether a device computes what the oracle computes, on the machine at hand: ops and training steps beside the float64
 * reference, each with a tolerance. The contract suite asks the same at more shapes; this is what a user can run.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.parity;
