/**
 * Compares a device with the float64 reference on the user's machine: ops and training steps, each with a tolerance. The
 * contract suite covers more shapes; these checks are available to users.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke.parity;
