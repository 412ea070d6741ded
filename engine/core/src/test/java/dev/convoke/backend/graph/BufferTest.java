package dev.convoke.backend.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convoke.plan.Lifetime;
import org.junit.jupiter.api.Test;

class BufferTest {
    @Test
    void anActivationLivesFromItsWriterToTheBackwardPassOfItsReader() {
        Buffer buffer = new Buffer("activation", 64);
        buffer.usedForward(1);
        buffer.usedForward(2);
        buffer.usedBackward(2);
        assertEquals(new Lifetime("activation", 64, 1, 6), buffer.lifetime(4));
    }

    @Test
    void aGradientLivesFromTheBackwardPassThatWritesItToTheOneBelow() {
        Buffer buffer = new Buffer("gradient", 64);
        buffer.usedBackward(1);
        buffer.usedBackward(2);
        assertEquals(new Lifetime("gradient", 64, 6, 7), buffer.lifetime(4));
    }

    @Test
    void theGradientOfTheLogitsIsWrittenByTheLoss() {
        Buffer buffer = new Buffer("gradient of the logits", 64);
        buffer.usedForward(4); // the loss stands behind the last of four layers
        buffer.usedBackward(3);
        assertEquals(new Lifetime("gradient of the logits", 64, 4, 5), buffer.lifetime(4));
    }

    @Test
    void whatIsUsedBeforeItHasAPlaceIsNamed() {
        Buffer buffer = new Buffer("early", 64);
        IllegalStateException early = assertThrows(IllegalStateException.class, buffer::floats);
        assertEquals("early has no place yet", early.getMessage());
    }
}
