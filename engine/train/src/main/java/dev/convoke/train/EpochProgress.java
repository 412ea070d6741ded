package dev.convoke.train;

/**
 * How far an epoch has come.
 *
 * @param epoch from 1
 * @param epochs of the run as planned
 * @param images trained so far
 * @param totalImages of the epoch
 * @param loss mean so far, penalties included
 * @param accuracy share of right answers so far, augmentation and dropout on; NaN where the loss does not count them
 * @param imagesPerSecond since the epoch began
 */
public record EpochProgress(
        int epoch, int epochs, long images, long totalImages, double loss, double accuracy, double imagesPerSecond) {}
