/** The command line: one class a command. Nothing else depends on it. */
@org.jspecify.annotations.NullMarked
package dev.convoke.cli;
