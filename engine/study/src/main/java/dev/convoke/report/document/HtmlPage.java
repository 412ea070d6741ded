package dev.convoke.report.document;

import dev.convoke.report.chart.Figure;
import dev.convoke.report.chart.Gallery.Picture;
import dev.convoke.report.chart.LegendEntry;
import dev.convoke.report.chart.Panel;
import dev.convoke.report.chart.Stylesheet;
import dev.convoke.report.markup.Element;
import dev.convoke.sweep.SweepResults.ClaimVerdict;
import java.util.List;

/** A report as one page of HTML that loads nothing, needs no script, and is well-formed XML too. */
public final class HtmlPage {
    /** Nothing from elsewhere, no script, no form; styles and pictures only from within the page. */
    private static final String POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    /** Panels wider than this keep their size and scroll in a separate box on narrow pages. */
    private static final int WIDEST_FITTED = 700;

    /** A value with more characters than this, including markup, is on a separate line. */
    private static final int LONG_VALUE = 60;

    private HtmlPage() {}

    /** The whole page. */
    public static String of(Document document) {
        Element main = Element.of("main").with("id", "top");
        main.add(Element.of("header")
                .add(Element.of("h1").text(document.title()))
                .add(HtmlInlines.write(document.lead(), Element.of("p", "lead"))));
        document.blocks().forEach(block -> main.add(block(block)));
        Element page = Element.of("div", "page").add(contents(document)).add(main);
        Element html = Element.of("html")
                .with("lang", "en")
                .add(head(document))
                .add(Element.of("body").add(page));
        return "<!DOCTYPE html>\n" + html + "\n";
    }

    private static Element head(Document document) {
        return Element.of("head")
                .add(Element.of("meta").with("charset", "utf-8"))
                .add(Element.of("meta")
                        .with("http-equiv", "Content-Security-Policy")
                        .with("content", POLICY))
                .add(Element.of("meta").with("name", "viewport").with("content", "width=device-width, initial-scale=1"))
                .add(Element.of("meta").with("name", "color-scheme").with("content", "light dark"))
                .add(Element.of("title").text(document.title()))
                .add(Element.of("style").text(Stylesheet.CHART.text() + Stylesheet.PAGE.text()));
    }

    private static Element contents(Document document) {
        Element list = Element.of("ul");
        Element below = Element.of("ul");
        for (Block block : document.blocks()) {
            if (block instanceof Block.Heading heading) {
                Element item = Element.of("li", "level-" + heading.level())
                        .add(Element.of("a").with("href", "#" + heading.id()).text(heading.entry()));
                if (heading.level() == 2) {
                    below = Element.of("ul");
                    list.add(item.add(below));
                } else {
                    below.add(item);
                }
            }
        }
        return Element.of("nav")
                .with("aria-label", "Contents")
                .add(Element.of("a", "home").with("href", "#top").text("Contents"))
                .add(list);
    }

    private static Element block(Block block) {
        if (block instanceof Block.Heading heading) {
            return Element.of("h" + heading.level()).with("id", heading.id()).text(heading.title());
        } else if (block instanceof Block.Paragraph paragraph) {
            return HtmlInlines.write(paragraph.text(), Element.of("p"));
        } else if (block instanceof Block.Bullets bullets) {
            return bullets(bullets);
        } else if (block instanceof Block.Facts facts) {
            return facts(facts);
        } else if (block instanceof Block.Cards cards) {
            return cards(cards);
        } else if (block instanceof Block.Plot plot) {
            return figure(plot.figure());
        } else if (block instanceof Block.Pictures pictures) {
            return pictures(pictures);
        } else if (block instanceof Block.SideBySide row) {
            Element html = Element.of("div", "side-by-side");
            row.blocks().forEach(inner -> html.add(block(inner)));
            return html;
        }
        return new HtmlTable((Table) block).write();
    }

    private static Element bullets(Block.Bullets bullets) {
        Element list = Element.of(bullets.order() == Block.Order.NOTES ? "ol" : "ul");
        int number = 0;
        for (Text item : bullets.items()) {
            number++;
            Element entry = Element.of("li");
            if (bullets.order() == Block.Order.NOTES) {
                entry.with("id", "note-" + number);
            }
            list.add(HtmlInlines.write(item, entry));
        }
        return list;
    }

    private static Element facts(Block.Facts facts) {
        Element list = Element.of("dl");
        for (Block.Fact fact : facts.facts()) {
            Element value = HtmlInlines.write(fact.value(), Element.of("dd"));
            Element row =
                    Element.of("div").add(Element.of("dt").text(fact.name())).add(value);
            list.add(value.toString().length() > LONG_VALUE ? row.with("class", "wide") : row);
        }
        return list;
    }

    private static Element cards(Block.Cards cards) {
        Element grid = Element.of("div", "cards");
        for (ClaimVerdict claim : cards.claims()) {
            VerdictWords words = VerdictWords.of(claim.verdict());
            grid.add(Element.of("a", "card " + words.cssClass())
                    .with("href", "#claim-" + claim.id())
                    .add(Element.of("span", "card-head")
                            .add(Element.of("strong").text(claim.id()))
                            .add(HtmlInlines.chip(words)))
                    .add(Element.of("span", "card-text").text(claim.claim())));
        }
        return grid;
    }

    private static Element figure(Figure figure) {
        Element html = Element.of("figure");
        if (!figure.legend().isEmpty()) {
            html.add(legend(figure.legend()));
        }
        boolean broad = figure.panels().stream().anyMatch(panel -> panel.width() > WIDEST_FITTED);
        Element panels = Element.of("div", broad ? "panels broad" : "panels columns-" + figure.columns());
        for (Panel panel : figure.panels()) {
            panels.add(broad ? panel.svg().with("width", panel.width()) : panel.svg());
        }
        return html.add(panels)
                .add(Element.of("figcaption")
                        .add(Element.of("strong").text(figure.title() + ". "))
                        .text(figure.caption()));
    }

    private static Element legend(List<LegendEntry> entries) {
        Element legend = Element.of("div", "legend");
        for (LegendEntry entry : entries) {
            legend.add(Element.of("span")
                    .add(Element.of("svg", "chart")
                            .with("viewBox", "0 0 26 14")
                            .with("width", 26)
                            .with("height", 14)
                            .with("aria-hidden", "true")
                            .add(entry.draw()))
                    .text(entry.label()));
        }
        return legend;
    }

    private static Element pictures(Block.Pictures pictures) {
        Element grid = Element.of("div", "pictures");
        for (Picture picture : pictures.gallery().pictures()) {
            grid.add(Element.of("div", "picture")
                    .add(Element.of("img")
                            .with("src", picture.dataUri())
                            .with("alt", picture.headline() + ", " + picture.detail()))
                    .add(Element.of("strong").text(picture.headline()))
                    .add(Element.of("span").text(picture.detail())));
        }
        return Element.of("figure")
                .add(grid)
                .add(Element.of("figcaption")
                        .add(Element.of("strong").text(pictures.gallery().title() + ". "))
                        .text(pictures.caption()));
    }
}
