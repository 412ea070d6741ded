package dev.convoke.backend;

/**
 * What every backend must keep. A backend's own test extends this class and names the backend, how its sessions run, and its
 * tolerances, each with the reason for it.
 */
public abstract class BackendContract implements OpContract, OptimizerContract, RandomnessContract, SessionContract {}
