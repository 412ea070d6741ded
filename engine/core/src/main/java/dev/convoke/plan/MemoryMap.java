package dev.convoke.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Offsets for buffers in one block of memory, such that no two that are alive at the same time share a byte.
 *
 * <p>Greedy by size (Pisarchyk and Lee 2020): the largest buffer first, each at the lowest gap among those placed that are
 * alive with it. Decided once, when a plan is made.
 *
 * @param buffers as given
 * @param offsets bytes from the start of the block, in the order of {@code buffers}
 * @param bytes size of the block
 */
public record MemoryMap(List<Lifetime> buffers, List<Long> offsets, long bytes) {
    public MemoryMap {
        buffers = List.copyOf(buffers);
        offsets = List.copyOf(offsets);
    }

    /** Packs {@code buffers}, each at a multiple of {@code alignment} bytes, a power of two. */
    public static MemoryMap pack(List<Lifetime> buffers, int alignment) {
        List<Integer> bySize = new ArrayList<>();
        for (int i = 0; i < buffers.size(); i++) {
            bySize.add(i);
        }
        bySize.sort(Comparator.comparingLong((Integer i) -> -buffers.get(i).bytes()));
        Long[] offsets = new Long[buffers.size()];
        List<Integer> placed = new ArrayList<>();
        long total = 0;
        for (int i : bySize) {
            offsets[i] = lowestGap(buffers, offsets, placed, i, alignment);
            placed.add(i);
            placed.sort(Comparator.comparingLong(j -> offsets[j]));
            total = Math.max(total, offsets[i] + buffers.get(i).bytes());
        }
        return new MemoryMap(buffers, List.of(offsets), align(total, alignment));
    }

    private static long lowestGap(List<Lifetime> buffers, Long[] offsets, List<Integer> placed, int i, int alignment) {
        Lifetime wanted = buffers.get(i);
        long candidate = 0;
        for (int j : placed) {
            Lifetime other = buffers.get(j);
            if (!wanted.overlapsInTime(other)) {
                continue;
            }
            if (offsets[j] >= candidate + wanted.bytes()) {
                break;
            }
            candidate = Math.max(candidate, align(offsets[j] + other.bytes(), alignment));
        }
        return candidate;
    }

    private static long align(long bytes, int alignment) {
        return (bytes + alignment - 1) & -alignment;
    }
}
