package dev.convoke.datasets;

import java.util.Optional;

/**
 * A data set that can be requested by name, and whether it is available locally.
 *
 * @param name name to request
 * @param title its authors' name for it
 * @param train number of training images
 * @param test number of test images
 * @param classes number of classes
 * @param place location of its files: a folder or {@code bundled}; empty if any of them is missing
 * @param downloadBytes what a download would transfer; 0 for a bundled set
 * @param license terms of the data
 */
public record Availability(
        String name,
        String title,
        int train,
        int test,
        int classes,
        Optional<String> place,
        long downloadBytes,
        String license) {}
