package dev.convoke.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrialQueueTest {
    private static List<Trial> trials(String runs) {
        Suite suite = SuiteReader.read("s.yaml", "convoke: 1\nname: s\nruns: " + runs);
        return suite.runs().stream().map(run -> new Trial(run, 1)).toList();
    }

    private static double epochs(Suite.Run run) {
        return run.settings().training().epochs();
    }

    private static List<String> order(TrialQueue queue) {
        List<String> names = new ArrayList<>();
        for (Optional<Trial> next = queue.next(List.of()); next.isPresent(); next = queue.next(List.of())) {
            names.add(next.get().run().name());
        }
        return names;
    }

    @Test
    void theLongestTrialGoesFirstAndEqualOnesInTheSuitesOrder() {
        List<Trial> trials = trials("[{name: a, epochs: 2}, {name: b, epochs: 9}, {name: c, epochs: 2}]");
        assertEquals(List.of("b", "a", "c"), order(new TrialQueue(trials, TrialQueueTest::epochs)));
    }

    @Test
    void atTheHeadOfALongChainAShortTrialGoesFirst() {
        List<Trial> trials =
                trials("[{name: a, epochs: 5}, {name: b, epochs: 1}, {name: c, epochs: 8, start_from: b}]");
        assertEquals(List.of("b", "c", "a"), order(new TrialQueue(trials, TrialQueueTest::epochs)));
    }

    @Test
    void aTrialWaitsForTheOneThatItContinues() {
        List<Trial> trials = trials("[{name: b}, {name: c, start_from: b}]");
        TrialQueue queue = new TrialQueue(trials, TrialQueueTest::epochs);
        Trial parent = queue.next(List.of()).orElseThrow();
        assertEquals(Optional.empty(), queue.next(List.of(parent)));
        assertEquals("c", queue.next(List.of()).orElseThrow().run().name());
    }
}
