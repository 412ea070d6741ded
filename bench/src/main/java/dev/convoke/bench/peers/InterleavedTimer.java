package dev.convoke.bench.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Measures engines in alternation, A B A B, so that temporary disturbances of the machine affect all of them. In each round
 * each engine has one turn of a minimum duration. A turn is repeated if the threads did not share a cache before or after
 * it.
 */
final class InterleavedTimer implements EngineTimer {
    /** An engine's first turns include JIT compilation and are not counted. */
    private static final int WARM_UP_TURNS = 2;
    /** Maximum number of repeated turns per required turn; after that, turns are accepted unconditionally. */
    private static final int PATIENCE = 4;

    private final int rounds;
    private final double seconds;
    private final BooleanSupplier cacheShared;
    private int takenAgain;

    /** @param cacheShared whether the threads currently share a cache */
    InterleavedTimer(int rounds, double seconds, BooleanSupplier cacheShared) {
        this.rounds = rounds;
        this.seconds = seconds;
        this.cacheShared = cacheShared;
    }

    @Override
    public int takenAgain() {
        return takenAgain;
    }

    @Override
    public List<Measured> measure(List<Work> all, int reference) {
        all.forEach(work -> warmUp(work, seconds));
        double[][] rates = new double[all.size()][rounds];
        Done[] sums = new Done[all.size()];
        Arrays.fill(sums, Done.NOTHING);
        int most = PATIENCE * rounds * all.size();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < all.size(); i++) {
                Done turn = turnThatCounts(all.get(i), most);
                rates[i][round] = turn.imagesPerSecond();
                sums[i] = sums[i].plus(turn);
            }
        }
        List<Measured> measured = new ArrayList<>();
        for (int i = 0; i < sums.length; i++) {
            Rates own = new Rates(rates[i]);
            measured.add(new Measured(own, reference < 0 ? own : new Rates(rates[reference]), sums[i]));
        }
        return measured;
    }

    /** Warm-up turns; one is enough for a slow engine. */
    static void warmUp(Work work, double seconds) {
        for (int i = 0; i < WARM_UP_TURNS; i++) {
            if (turn(work, seconds).usedSeconds() >= WARM_UP_TURNS * seconds) {
                return;
            }
        }
    }

    private Done turnThatCounts(Work work, int most) {
        while (true) {
            boolean shared = cacheShared.getAsBoolean();
            Done turn = turn(work, seconds);
            shared &= cacheShared.getAsBoolean();
            if (shared || takenAgain == most) {
                return turn;
            }
            takenAgain++;
        }
    }

    private static Done turn(Work work, double seconds) {
        Done done = Done.NOTHING;
        do {
            done = done.plus(work.once());
        } while (done.usedSeconds() < seconds);
        return done;
    }
}
