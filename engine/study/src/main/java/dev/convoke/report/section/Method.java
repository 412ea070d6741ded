package dev.convoke.report.section;

import dev.convoke.report.claims.ClaimRules;
import dev.convoke.report.document.Block;
import dev.convoke.report.document.Block.Order;
import dev.convoke.report.document.Inline;
import dev.convoke.report.document.Text;
import dev.convoke.sweep.Study.Note;
import dev.convoke.sweep.Study.Notes;
import java.util.ArrayList;
import java.util.List;

/** How the figures came about, and what there is to say of the published ones. */
final class Method {
    private Method() {}

    static List<Block> blocks(ReportContext context) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(2, "method", "Method"));
        blocks.add(new Block.Paragraph(validation(context)));
        blocks.add(new Block.Paragraph(
                Text.plain("Training loss and accuracy are running means over an epoch, on augmented"
                        + " images with dropout on, so training accuracies of runs with and without dropout are not comparable;"
                        + " losses include the penalties. Seeds that diverged or failed are counted, named, and left out of"
                        + " every mean.")));
        if (!context.results().claims().isEmpty()) {
            blocks.add(new Block.Paragraph(Text.plain("How claims are tested:")));
            blocks.add(new Block.Bullets(
                    Order.NONE,
                    ClaimRules.sentences(context.study().claims()).stream()
                            .map(Text::plain)
                            .toList()));
        }
        blocks.add(new Block.Paragraph(bits()));
        return blocks;
    }

    static List<Block> notes(Notes notes) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Heading(2, "notes", notes.title()));
        if (!notes.lead().isEmpty()) {
            blocks.add(new Block.Paragraph(Text.plain(notes.lead())));
        }
        blocks.add(new Block.Bullets(
                Order.NOTES,
                notes.items().stream().map(Note::text).map(Text::plain).toList()));
        return blocks;
    }

    private static Text validation(ReportContext context) {
        String validation = context.results().dataset().validation();
        return context.selectedOnTest()
                ? Text.of(
                        new Inline.Warning("selected on test"),
                        new Inline.Plain(" Validation after every epoch used the test set. A choice that"
                                + " is based on it, of an epoch or a run, is evaluated on the same images;"
                                + " such results are optimistic."))
                : Text.plain("Validation after every epoch used images held out of training by seed (" + validation
                        + "). The test set was evaluated once, with the final parameters.");
    }

    private static Text bits() {
        return Text.plain(
                "The same machine type, library versions and number of threads give bitwise identical results."
                        + " Order, augmentation, dropout masks and initial weights are functions of the seed alone and the same"
                        + " everywhere; on other machines sums may round differently, so results differ in their last digits at first and"
                        + " diverge during training.");
    }
}
