package dev.convoke.report.document;

import dev.convoke.report.chart.Figure;
import dev.convoke.report.chart.Gallery;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import java.util.List;

/** A block-level part of a report. */
public sealed interface Block
        permits Block.Bullets,
                Block.Cards,
                Block.Facts,
                Block.Heading,
                Block.Paragraph,
                Block.Pictures,
                Block.Plot,
                Block.SideBySide,
                Table {
    /**
     * A heading.
     *
     * @param level 2 for a chapter, 3 for a section of one
     * @param id unique in the report; letters, digits, dots and hyphens
     * @param entry what the table of contents says
     */
    record Heading(int level, String id, String title, String entry) implements Block {
        /** A heading that is listed unchanged in the table of contents. */
        public Heading(int level, String id, String title) {
            this(level, id, title, title);
        }
    }

    /** A paragraph. */
    record Paragraph(Text text) implements Block {}

    /** A list. */
    record Bullets(Order order, List<Text> items) implements Block {
        public Bullets {
            items = List.copyOf(items);
        }
    }

    /** Whether the items of a list are numbered. */
    enum Order {
        NONE,
        /** From 1; other parts refer to these by number. */
        NOTES
    }

    /** Names with their values. */
    record Facts(List<Fact> facts) implements Block {
        public Facts {
            facts = List.copyOf(facts);
        }
    }

    /** One name with its value. */
    record Fact(String name, Text value) {}

    /** Verdicts at a glance. */
    record Cards(List<ClaimVerdict> claims) implements Block {
        public Cards {
            claims = List.copyOf(claims);
        }
    }

    /** A figure. */
    record Plot(Figure figure) implements Block {}

    /** Small pictures; {@code file} names their own SVG file. */
    record Pictures(String file, String caption, Gallery gallery) implements Block {}

    /** Blocks side by side if the page is wide enough. */
    record SideBySide(List<Block> blocks) implements Block {
        public SideBySide {
            blocks = List.copyOf(blocks);
        }
    }
}
