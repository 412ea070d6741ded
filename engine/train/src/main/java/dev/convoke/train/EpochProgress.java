package dev.convoke.train;

/**
 * Progress within an epoch.
 *
 * @param epoch from 1
 * @param epochs of the run as planned
 * @param images trained so far
 * @param totalImages of the epoch
 * @param loss mean so far, penalties included
 * @param accuracy fraction of correct predictions so far, with augmentation and dropout; NaN if the loss has no accuracy
 * @param imagesPerSecond since the epoch began
 */
public record EpochProgress(
        int epoch, int epochs, long images, long totalImages, double loss, double accuracy, double imagesPerSecond) {}
