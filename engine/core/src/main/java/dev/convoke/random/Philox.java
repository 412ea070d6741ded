package dev.convoke.random;

/**
 * Philox4x32-10, a counter-based random generator: the same bits on every backend, for any number of threads and any
 * order of work.
 *
 * <p>A generator that is <em>drawn</em> from must be drawn from in one order. This one is a keyed permutation of 128-bit
 * counters: ten rounds of two 32-bit multiplications, whose high and low halves are crossed and mixed with the key. A
 * word is therefore a function of where it is needed, and nothing has to be stored or synchronized.
 *
 * <p>The key is the seed, low word first. The counter is {@code (block, position, epoch, purpose | ordinal << 8)}; a
 * block holds four words, so word {@code w} of a stream is lane {@code w % 4} of block {@code w / 4}. The native kernels
 * use the same layout.
 *
 * @see <a href="https://doi.org/10.1145/2063384.2063405">Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy
 *     as 1, 2, 3. SC 2011</a>
 */
public final class Philox {
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final double UNIT = 0x1p-24;

    private Philox() {}

    /**
     * One block of four words.
     *
     * @param out receives the words at indices 0 to 3
     */
    public static void block(long seed, int c0, int c1, int c2, int c3, int[] out) {
        int key0 = (int) seed;
        int key1 = (int) (seed >>> 32);
        int x0 = c0;
        int x1 = c1;
        int x2 = c2;
        int x3 = c3;
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(x0);
            long product1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(x2);
            x0 = (int) (product1 >>> 32) ^ x1 ^ key0;
            x1 = (int) product1;
            x2 = (int) (product0 >>> 32) ^ x3 ^ key1;
            x3 = (int) product0;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
        out[0] = x0;
        out[1] = x1;
        out[2] = x2;
        out[3] = x3;
    }

    /** A stream of words: everything of the counter but the word's place. */
    public static Stream stream(long seed, Purpose purpose, int ordinal, int epoch, int position) {
        return new Stream(seed, purpose.code() | ordinal << 8, epoch, position);
    }

    /** Converts a word to a uniform number in [0, 1): its upper 24 bits, exact in float32. */
    public static double uniform(int word) {
        return (word >>> 8) * UNIT;
    }

    /** Words of one stream by their place; keeps the block it computed last. Not for use by several threads. */
    public static final class Stream {
        private final long seed;
        private final int kind;
        private final int epoch;
        private final int position;
        private final int[] block = new int[4];
        private long held = -1;

        private Stream(long seed, int kind, int epoch, int position) {
            this.seed = seed;
            this.kind = kind;
            this.epoch = epoch;
            this.position = position;
        }

        /** Word {@code index} of the stream, all 32 bits random. */
        public int word(long index) {
            long wanted = index >>> 2;
            if (wanted != held) {
                block(seed, (int) wanted, position, epoch, kind, block);
                held = wanted;
            }
            return block[(int) (index & 3)];
        }

        /** Word {@code index} as a uniform number in [0, 1), a multiple of 2^-24. */
        public double uniform(long index) {
            return Philox.uniform(word(index));
        }

        /** Word {@code index} mapped to [low, high). */
        public double uniform(long index, double low, double high) {
            return low + (high - low) * uniform(index);
        }

        /**
         * Words {@code 2 * index} and {@code 2 * index + 1} mapped to {@code 0 .. bound - 1}, by the high half of a
         * 64-bit product; the bias is below {@code bound * 2^-64}.
         */
        public int below(long index, int bound) {
            long bits = Integer.toUnsignedLong(word(2 * index)) << 32 | Integer.toUnsignedLong(word(2 * index + 1));
            long high = Math.multiplyHigh(bits, bound) + (bits < 0 ? bound : 0);
            return (int) high;
        }
    }
}
