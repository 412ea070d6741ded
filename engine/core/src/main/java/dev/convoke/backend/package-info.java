/** The contract between a plan and the machine that runs it. */
@org.jspecify.annotations.NullMarked
package dev.convoke.backend;
