package dev.convoke.report.section;

import dev.convoke.report.claims.ClaimRules;
import dev.convoke.report.document.Block;
import dev.convoke.report.document.Block.Order;
import dev.convoke.report.document.Inline;
import dev.convoke.report.document.Text;
import dev.convoke.report.published.Flaw;
import dev.convoke.report.published.Published;
import java.util.ArrayList;
import java.util.List;

/** How the figures came about, and what is wrong with the original. */
final class Method {
    private Method() {}

    static List<Block> blocks(Subject subject) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(2, "method", "Method"));
        blocks.add(new Block.Paragraph(validation(subject)));
        blocks.add(new Block.Paragraph(
                Text.plain("Training loss and accuracy are running means over an epoch, on augmented"
                        + " images with dropout on; losses include the penalties. Seeds that diverged or failed are counted, named,"
                        + " and left out of every mean.")));
        if (subject.reproduction()) {
            blocks.add(new Block.Paragraph(Text.plain("The rules of judgement were set before any run:")));
            blocks.add(new Block.Bullets(
                    Order.NONE, ClaimRules.sentences().stream().map(Text::plain).toList()));
        }
        blocks.add(new Block.Paragraph(bits()));
        return blocks;
    }

    static List<Block> flaws() {
        return List.of(
                new Block.Heading(2, "flaws", "Flaws of the original"),
                new Block.Paragraph(Text.plain(
                        "Where the report and its own notebook part, or its method does not carry its" + " words.")),
                new Block.Bullets(
                        Order.FLAWS,
                        Published.report().flaws().stream()
                                .map(Flaw::text)
                                .map(Text::plain)
                                .toList()));
    }

    private static Text validation(Subject subject) {
        String validation = subject.results().dataset().validation();
        return subject.selectedOnTest()
                ? Text.of(
                        new Inline.Warning("selected on test"),
                        new Inline.Plain(" Validation after every epoch ran on the test set"
                                + (subject.reproduction() ? ", as in the original" : "") + ". Whatever is"
                                + " chosen by it, an epoch or a run, is chosen on the images that it is then measured on;"
                                + " such figures flatter."))
                : Text.plain("Validation after every epoch ran on images held out of training by seed (" + validation
                        + "). The test set was answered once, with the final parameters.");
    }

    private static Text bits() {
        return Text.plain(
                "The same machine type, library versions and number of threads give the same figures, bit for bit."
                        + " Order, augmentation, dropout masks and initial weights are functions of the seed alone and the same"
                        + " everywhere; elsewhere sums may round differently, so figures differ in their last digits at first and"
                        + " drift apart with training.");
    }
}
