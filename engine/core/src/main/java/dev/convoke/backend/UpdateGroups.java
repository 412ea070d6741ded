package dev.convoke.backend;

import dev.convoke.plan.Program;

/**
 * Which steps of an epoch make one update together, where gradients are accumulated: as many as the update rule says, the last
 * group what is left of the epoch. An update follows the mean loss over all images of its group.
 *
 * @param program whose epochs
 * @param size steps of a group
 */
public record UpdateGroups(Program program, int size) {
    /** Whether {@code step} is the first of its group. */
    public boolean begins(int step) {
        return step % size == 0;
    }

    /** Whether {@code step} is the last of its group, behind which parameters move. */
    public boolean updates(int step) {
        return step % size == size - 1 || step == program.stepsPerEpoch() - 1;
    }

    /** Images of the group of {@code step}. */
    public int images(int step) {
        int first = step / size * size;
        int images = 0;
        for (int each = first; each < Math.min(first + size, program.stepsPerEpoch()); each++) {
            images += program.at(each).batch();
        }
        return images;
    }

    /** Updates of an epoch. */
    public int perEpoch() {
        return (program.stepsPerEpoch() + size - 1) / size;
    }

    /** Updates in an epoch before {@code step}. */
    public int before(int step) {
        return step == program.stepsPerEpoch() ? perEpoch() : step / size;
    }
}
