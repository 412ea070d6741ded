package dev.convoke.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Measures engines in alternation, A B A B: what disturbs the machine for a while disturbs all of them. Each round gives each
 * engine one turn of at least so many seconds. A turn before or after which the threads shared no cache is taken again.
 */
final class Turns {
    private static final double NANOS = 1e9;
    /** An engine's first turns compile its Java; they are not counted. */
    private static final int WARM_UP_TURNS = 2;
    /** Turns that are taken again, for each that is wanted; then the machine is taken as it is. */
    private static final int PATIENCE = 4;

    private final int rounds;
    private final double seconds;
    private final BooleanSupplier cacheShared;
    private int takenAgain;

    /** @param cacheShared whether the threads share a cache just now */
    Turns(int rounds, double seconds, BooleanSupplier cacheShared) {
        this.rounds = rounds;
        this.seconds = seconds;
        this.cacheShared = cacheShared;
    }

    /** Turns that were taken again so far. */
    int takenAgain() {
        return takenAgain;
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
        int most = PATIENCE * rounds * all.size();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < all.size(); i++) {
                rates[i][round] = imagesPerSecond(all.get(i), most);
            }
        }
        List<Rates> measured = new ArrayList<>();
        for (double[] each : rates) {
            measured.add(new Rates(each));
        }
        return measured;
    }

    private double imagesPerSecond(Work work, int most) {
        while (true) {
            boolean shared = cacheShared.getAsBoolean();
            Turn turn = turn(work);
            shared &= cacheShared.getAsBoolean();
            if (shared || takenAgain == most) {
                return turn.imagesPerSecond();
            }
            takenAgain++;
        }
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
