package dev.convoke.sweep;

/** Looks at the machine that a sweep runs on. */
final class MachineFacts {
    private MachineFacts() {}

    static SweepResults.Machine of(SweepRequest request) {
        return new SweepResults.Machine(
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Processor.ofMachine().name(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
                request.backend().name(),
                request.backend().probe().detail(),
                request.jobs(),
                request.execution().threads());
    }
}
