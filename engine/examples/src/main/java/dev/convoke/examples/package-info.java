/** Programs that use Convoke as a library. */
@org.jspecify.annotations.NullMarked
package dev.convoke.examples;
