/** What a network, its optimizer, its penalties and its schedule are: values without behavior. */
@org.jspecify.annotations.NullMarked
package dev.convoke.model;
