package dev.convoke.backend;

/** Every op by itself, without the promise of the same bits: for algorithms that add up in an order of chance. */
public abstract class ArithmeticContract implements OpContract {}
