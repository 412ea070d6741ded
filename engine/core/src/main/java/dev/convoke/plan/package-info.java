/** A model compiled for one batch size: ops, named slots, fused groups, parameter segments, one memory map. */
@org.jspecify.annotations.NullMarked
package dev.convoke.plan;
