package dev.convoke.sweep;

import dev.convoke.train.Validation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The study part of a suite: claims to test, published results, and their presentation in the report. All of it is optional
 * and does not affect training.
 *
 * @param claims in order; if there are none, the best run is compared with the others
 * @param published results from another source
 * @param tables of runs, with printed values and ours
 * @param figures in order; if there are none, the best runs are drawn together
 * @param notes numbered from 1, to which tables and figures refer
 */
public record Study(
        List<Claim> claims,
        Optional<Published> published,
        List<StudyTable> tables,
        List<StudyFigure> figures,
        Optional<Notes> notes) {
    /** An empty study. */
    public static final Study NONE = new Study(List.of(), Optional.empty(), List.of(), List.of(), Optional.empty());

    public Study {
        claims = List.copyOf(claims);
        tables = List.copyOf(tables);
        figures = List.copyOf(figures);
    }

    /**
     * A claim: true if all of its tests are.
     *
     * @param id short, unique in the suite, such as {@code C1}
     * @param text of the claim
     * @param tests at least one, unless {@code notTested} gives a reason
     * @param remark additional information for the reader; may be empty
     * @param notTested why the runs of this suite cannot test the claim; its tests are then shown without a verdict
     */
    public record Claim(String id, String text, List<ClaimTest> tests, String remark, Optional<String> notTested) {
        public Claim {
            tests = List.copyOf(tests);
        }
    }

    /**
     * A table of runs.
     *
     * @param title above it
     */
    public record StudyTable(String title, List<Row> rows) {
        public StudyTable {
            rows = List.copyOf(rows);
        }
    }

    /**
     * One row.
     *
     * @param label as it was printed
     * @param run that it is about
     * @param printed figures as they were printed; those that were not are missing
     * @param notes numbers of the notes that concern it
     */
    public record Row(String label, String run, Map<Metric, Double> printed, List<Integer> notes) {
        public Row {
            printed = Map.copyOf(printed);
            notes = List.copyOf(notes);
        }

        /** NaN where it was not printed. */
        public double printed(Metric metric) {
            return printed.getOrDefault(metric, Double.NaN);
        }
    }

    /** What a figure shows. */
    public enum FigureForm {
        /** The networks of all runs. */
        ARCHITECTURE,
        /** The curves of several runs together, a panel a metric. */
        CURVES,
        /** A panel a run, with the others faintly behind it. */
        PANELS,
        /** The losses of one run, and how often each epoch overfits. */
        OVERFITTING
    }

    /**
     * A figure.
     *
     * @param runs that it shows; for {@link FigureForm#OVERFITTING} exactly one, for an architecture none
     * @param epochs that are marked
     * @param caption more words below it; empty for none
     * @param notes numbers of the notes that concern it
     */
    public record StudyFigure(
            String title,
            FigureForm form,
            List<String> runs,
            Set<Integer> epochs,
            String caption,
            List<Integer> notes) {
        public StudyFigure {
            runs = List.copyOf(runs);
            epochs = Set.copyOf(epochs);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Remarks on the published source, numbered from 1.
     *
     * @param title of their chapter
     * @param word what one is called, such as {@code note} or {@code flaw}
     * @param lead a sentence before them; empty for none
     */
    public record Notes(String title, String word, String lead, List<Note> items) {
        public Notes {
            items = List.copyOf(items);
        }
    }

    /** One of them, and whether it concerns every run alike. */
    public record Note(String text, Scope scope) {}

    /** Whom a note concerns. */
    public enum Scope {
        /** The rows and figures that name it. */
        NAMED,
        /** Every run. */
        ALL
    }

    /**
     * Figures of another source, such as a paper's notebook, of runs that are named as those of the suite.
     *
     * @param name what pages call the source: {@code notebook}
     * @param dataset name of the data that the figures are of
     * @param digest SHA-256 over that data's pixels and labels, by which it is known; empty where its name must do
     * @param validation the images that it was validated on
     * @param settings what each run was trained with there
     * @param runs by name
     */
    public record Published(
            String name,
            String dataset,
            String digest,
            Validation validation,
            Map<String, RunSource> settings,
            Map<String, PublishedRun> runs) {
        public Published {
            settings = Map.copyOf(settings);
            runs = Collections.unmodifiableMap(new LinkedHashMap<>(runs));
        }

        /** The published run of that name. */
        public Optional<PublishedRun> run(String run) {
            return Optional.ofNullable(runs.get(run));
        }
    }

    /** How a run is trained: every parameter as written, and the run whose weights it begins with. */
    public record RunSource(Map<String, Object> parameters, Optional<String> startFrom) {}

    /**
     * One published run.
     *
     * @param history epoch after epoch
     * @param classes by class, in order
     */
    public record PublishedRun(String name, List<PublishedEpoch> history, List<PublishedClass> classes) {
        public PublishedRun {
            history = List.copyOf(history);
            classes = List.copyOf(classes);
        }
    }

    /** One epoch, with the figures that were published. */
    public record PublishedEpoch(int epoch, Map<Metric, Double> figures) {
        public PublishedEpoch {
            figures = Map.copyOf(figures);
        }

        /** NaN where it was not published. */
        public double figure(Metric metric) {
            return figures.getOrDefault(metric, Double.NaN);
        }
    }

    /** One class of a run on the test images; shares of 1. */
    public record PublishedClass(String label, double precision, double recall, double f1, int support) {}
}
