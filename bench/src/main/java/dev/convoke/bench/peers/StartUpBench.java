package dev.convoke.bench.peers;

import java.util.List;
import java.util.function.Consumer;

/** To be filled in. */
final class StartUpBench {
    StartUpBench(Settings settings, Consumer<String> lines) {}

    List<StartUp> measure(Handover handover) {
        return List.of();
    }
}
