package dev.convoke.backend.cuda;

import java.util.Locale;

/** The three products of a convolution, each with algorithms of its own. */
enum CudnnPass {
    FORWARD,
    BACKWARD_DATA,
    BACKWARD_FILTER;

    /** In words, as keys of remembered choices have it. */
    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
