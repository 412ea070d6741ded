package dev.convoke.backend.cuda;

import java.util.Locale;

/** The three products of a convolution, each with its own set of algorithms. */
enum CudnnPass {
    FORWARD,
    BACKWARD_DATA,
    BACKWARD_FILTER;

    /** Name, as in the keys of stored choices. */
    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
