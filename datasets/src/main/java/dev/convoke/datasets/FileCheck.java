package dev.convoke.datasets;

import java.util.Optional;

/**
 * Result of the check of one file.
 *
 * @param file name of the uncompressed file
 * @param status the outcome
 * @param place its location, if it was found
 * @param detail readable text: its content and which digest was checked, or what is wrong
 */
public record FileCheck(String file, Status status, Optional<String> place, String detail) {

    /** Outcomes, best first. */
    public enum Status {
        /** The bytes are those the authors published. */
        VERIFIED,
        /** A whole file, but no digest is known for it in this form. */
        UNKNOWN,
        /** Not to be found. */
        MISSING,
        /** Unreadable, not IDX, or of another digest. */
        DAMAGED
    }
}
