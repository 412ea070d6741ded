/** Values that somebody wrote, with their place, and what the library reads from them: layers and losses in their text form. */
@org.jspecify.annotations.NullMarked
package dev.convoke.settings;
