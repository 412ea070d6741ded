/** The only source of random numbers: Philox4x32-10, counter-based, without generator state. */
@org.jspecify.annotations.NullMarked
package dev.convoke.random;
