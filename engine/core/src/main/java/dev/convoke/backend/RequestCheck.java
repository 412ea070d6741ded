package dev.convoke.backend;

import dev.convoke.datasets.ImageSet;
import dev.convoke.plan.Plan;

/** What every backend refuses before it opens a session or reads images. */
public final class RequestCheck {
    private RequestCheck() {}

    /**
     * Checks training images against the program.
     *
     * @throws IllegalArgumentException if an image or its target does not fit
     */
    public static void check(SessionRequest request) {
        checkImages(request.program().full(), request.training());
    }

    /**
     * Checks images that are to go through {@code plan}: some, of the right size, with labels that have a logit.
     *
     * @throws IllegalArgumentException saying what does not fit
     */
    public static void checkImages(Plan plan, ImageSet images) {
        checkImages(plan, images, 0, images.count());
    }

    /** The same where images {@code from .. to - 1} are asked for. */
    public static void checkImages(Plan plan, ImageSet images, int from, int to) {
        if (from < 0 || to > images.count() || from > to) {
            throw new IllegalArgumentException(
                    "there are no images " + from + " to " + to + " among " + images.count());
        }
        var input = plan.model().input();
        if (images.count() == 0) {
            throw new IllegalArgumentException("there are no images");
        }
        if (images.channels() != input.channels()
                || images.height() != input.height()
                || images.width() != input.width()) {
            throw new IllegalArgumentException("the images are " + images.channels() + "x" + images.height() + "x"
                    + images.width() + ", but " + plan.model().name() + " reads " + input);
        }
        TargetRows.check(plan.model(), images.targets());
    }
}
