package dev.convoke.backend;

/** What a backend computes, without the promise of the same bits: for algorithms that add up in an order of chance. */
public abstract class ArithmeticContract implements OpContract, OptimizerContract {}
