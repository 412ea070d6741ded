package dev.convoke.bench.peers;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures engines in alternation, A B A B: what disturbs the machine for a while disturbs all of them. Each round gives each
 * engine one turn of at least so many seconds.
 */
final class Turns {
    private static final double NANOS = 1e9;
    /** An engine's first turns compile its Java; they are not counted. */
    private static final int WARM_UP_TURNS = 2;

    private final int rounds;
    private final double seconds;

    Turns(int rounds, double seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /** Something that can be repeated and timed. */
    interface Work {
        /** Works once; what lies before the clock starts is not counted. */
        Done once();
    }

    /**
     * One repetition.
     *
     * @param images trained or answered
     * @param nanos how long that took
     */
    record Done(long images, long nanos) {}

    /** Images a second of each piece of work, by round. */
    List<Rates> measure(List<Work> all) {
        double[][] rates = new double[all.size()][rounds];
        for (Work work : all) {
            for (int i = 0; i < WARM_UP_TURNS && turn(work).seconds() < WARM_UP_TURNS * seconds; i++) {
                // A slow engine's first turn is warm-up enough.
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < all.size(); i++) {
                rates[i][round] = turn(all.get(i)).imagesPerSecond();
            }
        }
        List<Rates> measured = new ArrayList<>();
        for (double[] each : rates) {
            measured.add(new Rates(each));
        }
        return measured;
    }

    private Turn turn(Work work) {
        long images = 0;
        long nanos = 0;
        do {
            Done done = work.once();
            images += done.images();
            nanos += done.nanos();
        } while (nanos < seconds * NANOS);
        return new Turn(images, nanos / NANOS);
    }

    private record Turn(long images, double seconds) {
        double imagesPerSecond() {
            return images / seconds;
        }
    }
}
