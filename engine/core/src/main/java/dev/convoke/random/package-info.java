/** The one source of chance: Philox4x32-10, counted and never drawn. */
@org.jspecify.annotations.NullMarked
package dev.convoke.random;
