package dev.convoke.bench.peers;

/** From which weights steps are measured. */
enum WeightState {
    INITIAL("initial weights"),
    AFTER_AN_EPOCH("after one epoch");

    private final String words;

    WeightState(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
