/** Configuration values with their location, and the text form of layers and losses. */
@org.jspecify.annotations.NullMarked
package dev.convoke.settings;
