package dev.convoke.bench.peers;

import java.util.List;
import java.util.function.BooleanSupplier;

/** Times several pieces of work such that disturbances of the machine affect all of them equally. */
interface EngineTimer {
    /**
     * Images a second of each piece of work.
     *
     * @param reference place of the one that the others are compared with; negative for none
     */
    List<Measured> measure(List<Work> all, int reference);

    /** Turns that were taken again so far, since the threads shared no cache. */
    int takenAgain();

    /** The way that is set. */
    static EngineTimer of(Settings settings, BooleanSupplier cacheShared) {
        return settings.company() == Settings.Company.TOGETHER
                ? new SharedProcessorTimer(settings.rounds(), settings.seconds())
                : new InterleavedTimer(settings.rounds(), settings.seconds(), cacheShared);
    }

    /** Something that can be repeated and timed. */
    interface Work {
        /** Runs once; setup before the clock starts is not counted. */
        Done once();
    }

    /**
     * One repetition, or several.
     *
     * @param images trained or classified
     * @param nanos elapsed time
     * @param otherNanos time of the engine's other threads, if the clock is a thread's processor time
     */
    record Done(long images, long nanos, long otherNanos) {
        static final Done NOTHING = new Done(0, 0, 0);

        private static final double NANOS = 1e9;

        Done plus(Done other) {
            return new Done(images + other.images, nanos + other.nanos, otherNanos + other.otherNanos);
        }

        double seconds() {
            return nanos / NANOS;
        }

        /** Of all threads: a turn ends by these, since one whose work is not seen would last for ever. */
        double usedSeconds() {
            return seconds() + otherSeconds();
        }

        double otherSeconds() {
            return otherNanos / NANOS;
        }

        double imagesPerSecond() {
            return images / seconds();
        }
    }

    /**
     * The measurements of one piece of work.
     *
     * @param rates images per second by round
     * @param beside those of the reference in the same rounds; for the reference itself its own
     * @param sum of all rounds
     */
    record Measured(Rates rates, Rates beside, Done sum) {}
}
