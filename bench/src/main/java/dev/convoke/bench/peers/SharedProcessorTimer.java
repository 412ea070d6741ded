package dev.convoke.bench.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Measures each engine while the reference runs too, both pinned to one processor, by the processor time of each. The
 * scheduler alternates between them every few milliseconds, so that both see the same conditions: clock rate, other load,
 * caches. Disturbances by other programs affect both.
 *
 * <p>A round of a pair lasts until both have reached the minimum time; the first continues until the other has reached it
 * too.
 */
final class SharedProcessorTimer implements EngineTimer {
    private static final int PAIR = 2;

    private final int rounds;
    private final double seconds;

    SharedProcessorTimer(int rounds, double seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    @Override
    public int takenAgain() {
        return 0;
    }

    @Override
    public List<Measured> measure(List<Work> all, int reference) {
        if (reference < 0 || all.size() < PAIR) {
            return new InterleavedTimer(rounds, seconds, () -> true).measure(all, reference);
        }
        all.forEach(work -> InterleavedTimer.warmUp(work, seconds));
        double[][] rates = new double[all.size()][rounds];
        double[][] beside = new double[all.size()][rounds];
        Done[] sums = new Done[all.size()];
        Arrays.fill(sums, Done.NOTHING);
        List<Double> ofReference = new ArrayList<>();
        ExecutorService both = Executors.newFixedThreadPool(PAIR);
        try {
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < all.size(); i++) {
                    if (i != reference) {
                        List<Done> pair = pair(both, all.get(reference), all.get(i));
                        beside[i][round] = pair.get(0).imagesPerSecond();
                        rates[i][round] = pair.get(1).imagesPerSecond();
                        sums[reference] = sums[reference].plus(pair.get(0));
                        sums[i] = sums[i].plus(pair.get(1));
                        ofReference.add(beside[i][round]);
                    }
                }
            }
        } finally {
            both.shutdown();
        }
        Rates own =
                new Rates(ofReference.stream().mapToDouble(Double::doubleValue).toArray());
        List<Measured> measured = new ArrayList<>();
        for (int i = 0; i < sums.length; i++) {
            measured.add(
                    i == reference
                            ? new Measured(own, own, sums[i])
                            : new Measured(new Rates(rates[i]), new Rates(beside[i]), sums[i]));
        }
        return measured;
    }

    /** Both at once, until each has had its seconds. */
    private List<Done> pair(ExecutorService both, Work one, Work other) {
        AtomicInteger lacking = new AtomicInteger(PAIR);
        CompletableFuture<Done> first = CompletableFuture.supplyAsync(() -> untilNoneLacks(one, lacking), both);
        CompletableFuture<Done> second = CompletableFuture.supplyAsync(() -> untilNoneLacks(other, lacking), both);
        try {
            return List.of(first.join(), second.join());
        } catch (CompletionException | CancellationException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private Done untilNoneLacks(Work work, AtomicInteger lacking) {
        Done done = Done.NOTHING;
        boolean lacks = true;
        try {
            do {
                done = done.plus(work.once());
                if (lacks && done.usedSeconds() >= seconds) {
                    lacks = false;
                    lacking.decrementAndGet();
                }
            } while (lacking.get() > 0);
            return done;
        } finally {
            if (lacks) {
                lacking.decrementAndGet(); // One that failed must not keep the other at work for ever.
            }
        }
    }
}
