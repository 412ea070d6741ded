/**
 * The short way in: {@link dev.convoke.Network} describes a network, {@link dev.convoke.Training} trains it, {@link
 * dev.convoke.Classifier} uses it. Everything here stands on the packages below, which remain open to a program that needs
 * more than the defaults.
 */
@org.jspecify.annotations.NullMarked
package dev.convoke;
