package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.backend.reference.ReferenceProvider;
import dev.convoke.model.ModelException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final BackendProvider REFERENCE = new ReferenceProvider();

    private static Selection choose(String name, BackendProvider... providers) {
        List<BackendProvider> all = List.of(providers);
        return Selection.choose(DeviceName.parse(name, all), all, remark -> {});
    }

    @Test
    void autoTakesTheFirstThatRunsAndSaysWhyTheOthersDoNot() {
        BackendProvider cuda = ProbedProvider.automatic("cuda", Probe.missing("no driver; install one"));
        BackendProvider cpu = ProbedProvider.automatic("cpu", Probe.found("two cores"));
        Selection chosen = choose("auto", cuda, cpu, REFERENCE);
        assertEquals("cpu", chosen.backend().name());
        assertEquals("two cores", chosen.detail());
        assertEquals(List.of("device 'cuda' cannot run here: no driver; install one"), chosen.refusals());
    }

    @Test
    void aDeviceOfWhichThereIsNoTraceIsNoObstacle() {
        BackendProvider cuda = ProbedProvider.automatic("cuda", Probe.absent("no driver"));
        BackendProvider broken = ProbedProvider.automatic("broken", Probe.missing("no library"));
        BackendProvider cpu = ProbedProvider.automatic("cpu", Probe.found("two cores"));
        Selection chosen = choose("auto", cuda, broken, cpu);
        assertEquals(2, chosen.refusals().size());
        assertEquals(List.of("device 'broken' cannot run here: no library"), chosen.obstacles());
    }

    @Test
    void autoPrefersTheFirst() {
        BackendProvider cuda = ProbedProvider.automatic("cuda", Probe.found("a card"));
        BackendProvider cpu = ProbedProvider.automatic("cpu", Probe.found("two cores"));
        assertEquals("cuda", choose("auto", cuda, cpu).backend().name());
    }

    @Test
    void autoNeverComesDownToTheReference() {
        BackendProvider cuda = ProbedProvider.automatic("cuda", Probe.missing("no driver"));
        BackendProvider cpu = ProbedProvider.automatic("cpu", Probe.missing("no library"));
        DeviceException refused = assertThrows(DeviceException.class, () -> choose("auto", cuda, cpu, REFERENCE));
        assertEquals(
                "device 'cuda' cannot run here: no driver; device 'cpu' cannot run here: no library;"
                        + " use --device reference, which runs everywhere",
                refused.getMessage());
    }

    @Test
    void autoWithoutADeviceToTryIsRefused() {
        DeviceException refused = assertThrows(DeviceException.class, () -> choose("auto", REFERENCE));
        assertEquals(
                "no device that 'auto' could try is on the class path; use --device reference, which runs everywhere",
                refused.getMessage());
    }

    @Test
    void whatEveryDeviceLacksIsSaidOnce() {
        BackendProvider cuda = ProbedProvider.automatic("cuda", Probe.missing("no place for libraries"));
        BackendProvider cpu = ProbedProvider.automatic("cpu", Probe.missing("no place for libraries"));
        DeviceException refused = assertThrows(DeviceException.class, () -> choose("auto", cuda, cpu));
        assertTrue(
                String.valueOf(refused.getMessage())
                        .startsWith("no device that 'auto' tries can run here: no place for libraries; "),
                refused.getMessage());
    }

    @Test
    void whatIsNamedDoesNotGiveWay() {
        BackendProvider cuda = ProbedProvider.automatic("cuda", Probe.missing("no driver"));
        BackendProvider cpu = ProbedProvider.automatic("cpu", Probe.found("two cores"));
        DeviceException refused = assertThrows(DeviceException.class, () -> choose("cuda", cuda, cpu, REFERENCE));
        assertEquals("device 'cuda' cannot run here: no driver; use --device auto", refused.getMessage());
        assertEquals("reference", choose("reference", cpu, REFERENCE).backend().name());
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        BackendProvider cpu = ProbedProvider.automatic("cpu", Probe.found("two cores"));
        ModelException refused = assertThrows(ModelException.class, () -> choose("gpu", cpu, REFERENCE));
        assertEquals("there is no device 'gpu'; the devices are auto, cpu, reference", refused.getMessage());
    }

    @Test
    void onlyTheNamedDeviceGetsTheNumbers() {
        BackendProvider cuda = ProbedProvider.automatic("cuda", Probe.found("a card"));
        BackendProvider cpu = ProbedProvider.automatic("cpu", Probe.found("two cores"));
        DeviceName name = new DeviceName("cuda", List.of(1));
        assertEquals(List.of(1), ((ProbedProvider.Probed) name.create(cuda, remark -> {})).ordinals());
        assertEquals(List.of(), ((ProbedProvider.Probed) name.create(cpu, remark -> {})).ordinals());
    }

    /** The core alone brings the reference; other artifacts bring theirs. */
    @Test
    void providersAreFoundOnTheClassPath() {
        assertEquals(
                List.of("reference"),
                BackendProvider.all().stream().map(BackendProvider::name).toList());
        assertEquals("reference", Selection.choose("reference").backend().name());
    }
}
