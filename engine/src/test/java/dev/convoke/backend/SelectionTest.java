package dev.convoke.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convoke.backend.reference.ReferenceBackend;
import dev.convoke.model.ModelException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final Backend REFERENCE = new ReferenceBackend();

    /** A backend that only answers its probe. */
    private record Probed(String name, Probe probe) implements Backend {
        @Override
        public Session open(SessionRequest request) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void autoTakesTheFirstThatRunsAndSaysWhyTheOthersDoNot() {
        Backend cuda = new Probed("cuda", Probe.missing("no driver; install one"));
        Backend cpu = new Probed("cpu", Probe.found("two cores"));
        Selection chosen = Selection.choose("auto", List.of(REFERENCE, cpu, cuda));
        assertSame(cpu, chosen.backend());
        assertEquals("two cores", chosen.detail());
        assertEquals(List.of("device 'cuda' cannot run here: no driver; install one"), chosen.refusals());
    }

    @Test
    void autoPrefersCudaWhereItRuns() {
        Backend cuda = new Probed("cuda", Probe.found("a card"));
        Backend cpu = new Probed("cpu", Probe.found("two cores"));
        assertSame(cuda, Selection.choose("auto", List.of(cpu, cuda)).backend());
    }

    @Test
    void autoNeverComesDownToTheReference() {
        Backend cpu = new Probed("cpu", Probe.missing("no library"));
        DeviceException refused =
                assertThrows(DeviceException.class, () -> Selection.choose("auto", List.of(cpu, REFERENCE)));
        assertEquals(
                "device 'cuda' is not built into this version; device 'cpu' cannot run here: no library;"
                        + " use --device reference, which runs everywhere",
                refused.getMessage());
    }

    @Test
    void whatIsNamedDoesNotGiveWay() {
        Backend cpu = new Probed("cpu", Probe.found("two cores"));
        DeviceException refused =
                assertThrows(DeviceException.class, () -> Selection.choose("cuda", List.of(cpu, REFERENCE)));
        assertEquals("device 'cuda' is not built into this version; use --device auto", refused.getMessage());
        assertSame(
                REFERENCE,
                Selection.choose("reference", List.of(cpu, REFERENCE)).backend());
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        ModelException refused = assertThrows(ModelException.class, () -> Selection.choose("gpu", List.of(REFERENCE)));
        assertEquals("there is no device 'gpu'; the devices are auto, cpu, reference, cuda", refused.getMessage());
    }
}
