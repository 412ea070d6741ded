package dev.convoke.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class MemoryMapTest {
    private static final int ALIGNMENT = 64;

    @Test
    void buffersThatNeverLiveTogetherShareMemory() {
        MemoryMap map = MemoryMap.pack(List.of(new Lifetime("a", 640, 0, 1), new Lifetime("b", 640, 2, 3)), ALIGNMENT);
        assertEquals(List.of(0L, 0L), map.offsets());
        assertEquals(640, map.bytes());
    }

    @Test
    void buffersThatMeetInOneMomentDoNot() {
        MemoryMap map = MemoryMap.pack(List.of(new Lifetime("a", 600, 0, 2), new Lifetime("b", 100, 2, 3)), ALIGNMENT);
        assertEquals(List.of(0L, 640L), map.offsets());
        assertEquals(768, map.bytes());
    }

    @Test
    void aSmallBufferFitsTheGapBetweenLargeOnes() {
        Lifetime below = new Lifetime("below", 1024, 0, 9);
        Lifetime passing = new Lifetime("passing", 512, 0, 3);
        Lifetime above = new Lifetime("above", 256, 2, 9);
        Lifetime small = new Lifetime("small", 128, 5, 6);
        MemoryMap map = MemoryMap.pack(List.of(below, passing, above, small), ALIGNMENT);
        assertEquals(List.of(0L, 1024L, 1536L, 1024L), map.offsets());
        assertEquals(1792, map.bytes());
    }

    @Test
    void nothingNeedsNothing() {
        assertEquals(0, MemoryMap.pack(List.of(), ALIGNMENT).bytes());
    }

    @RepeatedTest(40)
    void noTwoLiveBuffersShareAByte(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        List<Lifetime> buffers = new ArrayList<>();
        int count = random.nextInt(1, 60);
        for (int i = 0; i < count; i++) {
            int first = random.nextInt(30);
            buffers.add(new Lifetime("b" + i, random.nextLong(0, 5000), first, first + random.nextInt(12)));
        }
        MemoryMap map = MemoryMap.pack(buffers, ALIGNMENT);
        for (int i = 0; i < count; i++) {
            assertEquals(0, map.offsets().get(i) % ALIGNMENT, "alignment");
            assertTrue(end(map, i) <= map.bytes(), "inside the block");
            for (int j = 0; j < i; j++) {
                boolean together = buffers.get(i).first() <= buffers.get(j).last()
                        && buffers.get(j).first() <= buffers.get(i).last();
                boolean apart = end(map, i) <= map.offsets().get(j)
                        || end(map, j) <= map.offsets().get(i);
                boolean empty = buffers.get(i).bytes() == 0 || buffers.get(j).bytes() == 0;
                assertTrue(!together || apart || empty, "buffers " + i + " and " + j);
            }
        }
        assertTrue(map.bytes() >= busiest(buffers), "no less than what is alive at once");
    }

    private static long end(MemoryMap map, int buffer) {
        return map.offsets().get(buffer) + map.buffers().get(buffer).bytes();
    }

    private static long busiest(List<Lifetime> buffers) {
        long most = 0;
        for (int time = 0; time < 50; time++) {
            long alive = 0;
            for (Lifetime buffer : buffers) {
                alive += buffer.first() <= time && time <= buffer.last() ? buffer.bytes() : 0;
            }
            most = Math.max(most, alive);
        }
        return most;
    }
}
