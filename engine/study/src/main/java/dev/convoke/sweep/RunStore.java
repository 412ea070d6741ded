package dev.convoke.sweep;

import dev.convoke.backend.NamedTensors;
import dev.convoke.backend.StateLayout;
import dev.convoke.datasets.RegularFile;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.AtomicFile;
import dev.convoke.train.Checkpoint;
import dev.convoke.train.CheckpointException;
import dev.convoke.train.Json;
import dev.convoke.train.ModelCard;
import dev.convoke.train.RecordJson;
import dev.convoke.train.SavedModel;
import dev.convoke.train.SealedJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A sweep on disk:
 *
 * <pre>
 * OUT/suite.yaml                             the suite, as it was read last
 * OUT/manifest.json                          what the store was made for, when, and the time spent on it
 * OUT/runs/RUN/seed-N/checkpoint.safetensors the last whole epoch of a trial that is not finished
 * OUT/runs/RUN/seed-N/model.safetensors      the final network
 * OUT/runs/RUN/seed-N/result.json            the figures; there only when the trial is finished, and written last
 * </pre>
 *
 * <p>Every file is written atomically, so a kill at any time loses at most the current epoch. All files except the suite
 * contain a digest: a corrupt file is reported and its trial trained again. Files of earlier versions, without a digest,
 * are read with a warning. A store is locked by one process at a time.
 */
final class RunStore implements AutoCloseable {
    private static final int MANIFEST_SCHEMA = 3;
    private static final int RESULT_SCHEMA = 2;
    private static final long MAX_JSON = 256L << 20;
    private static final String MANIFEST = "manifest.json";
    private static final String SUITE = "suite.yaml";
    private static final String CHECKPOINT = "checkpoint.safetensors";
    private static final String MODEL = "model.safetensors";
    private static final String RESULT = "result.json";

    /** What a sweep and its report write, figures aside. */
    private static final Set<String> FILES =
            Set.of(SUITE, MANIFEST, CHECKPOINT, MODEL, RESULT, Sweep.RESULTS, "report.html", "report.md");

    private final Path folder;
    private final SweepRequest request;
    private final Suite suite;
    private final StoreLock lock;
    private final Consumer<String> warnings;
    private final AtomicBoolean noted = new AtomicBoolean();
    private Manifest manifest;

    /** The head of a store. */
    record Manifest(int schema, String created, double seconds, List<Long> seeds, StoreIdentity identity) {}

    /**
     * A finished trial, with what it was a trial of.
     *
     * @param convoke version of the program that wrote it; missing in the first form
     */
    record StoredResult(int schema, Optional<String> convoke, String settings, SweepResults.SeedResults result) {}

    private RunStore(SweepRequest request, Suite suite, StoreLock lock, Consumer<String> warnings) {
        this.folder = request.out();
        this.request = request;
        this.suite = suite;
        this.lock = lock;
        this.warnings = warnings;
        StoreIdentity identity = StoreIdentity.of(request, suite);
        this.manifest = Files.exists(folder.resolve(MANIFEST)) ? resume(identity) : create(identity);
    }

    /**
     * Opens a store, or makes one.
     *
     * @param warnings hears of damaged files
     * @throws ConfigurationException if the folder holds something else, a store that is not to be resumed, a store of
     *     another sweep, or is at use
     */
    static RunStore open(SweepRequest request, Consumer<String> warnings) {
        Path folder = request.out();
        Suite suite = request.suite().with(request.overrides());
        makeFolder(folder);
        refuseForeign(folder);
        StoreLock lock = StoreLock.take(folder);
        try {
            return new RunStore(request, suite, lock, warnings);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw new ConfigurationException(folder + ": is a file, not a folder; choose another folder", e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    folder + ": cannot be made a folder (" + RegularFile.reason(e) + "); choose another with --out", e);
        }
    }

    private Manifest resume(StoreIdentity identity) {
        if (request.existing() == SweepRequest.Existing.REFUSE) {
            throw new ConfigurationException(
                    folder + ": already contains a sweep; add --resume to continue it, or choose another folder");
        }
        Path file = folder.resolve(MANIFEST);
        SealedJson content = read(file);
        requireForm(file, content, MANIFEST_SCHEMA);
        Manifest made = record(file, content, Manifest.class);
        identity.difference(made.identity()).ifPresent(difference -> {
            throw new ConfigurationException(
                    folder + ": cannot be resumed: it was made with " + difference + "; choose another folder");
        });
        noteAge(file, content);
        // Only now, when the folder is known to be ours.
        AtomicFile.sweep(folder, RunStore::isOurs);
        List<Long> seeds = Stream.concat(
                        made.seeds().stream(), request.seeds().isPresent() ? request.seedList().stream() : Stream.of())
                .distinct()
                .sorted()
                .toList();
        AtomicFile.write(folder.resolve(SUITE), request.suite().text());
        return write(new Manifest(MANIFEST_SCHEMA, made.created(), made.seconds(), seeds, identity));
    }

    private static boolean isOurs(String name) {
        return FILES.contains(name) || name.endsWith(".svg");
    }

    private Manifest write(Manifest content) {
        SealedJson.write(folder.resolve(MANIFEST), RecordJson.write(content), Json.Layout.INDENTED);
        return content;
    }

    /** Refuses a folder with files in it that are not a sweep's; leaves all of them alone. */
    private static void refuseForeign(Path folder) {
        if (Files.exists(folder.resolve(MANIFEST))) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> others = files.filter(file -> !AtomicFile.isTemporary(file, RunStore::isOurs))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(StoreLock.FILE) && !name.equals(SUITE))
                    .toList();
            if (!others.isEmpty()) {
                throw new ConfigurationException(folder + ": is not empty and holds no sweep (there is '"
                        + others.get(0) + "'); choose another folder");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder + ": " + RegularFile.reason(e), e);
        }
    }

    private Manifest create(StoreIdentity identity) {
        AtomicFile.sweep(folder, RunStore::isOurs);
        AtomicFile.write(folder.resolve(SUITE), request.suite().text());
        String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return write(new Manifest(MANIFEST_SCHEMA, created, 0, request.seedList(), identity));
    }

    /** The seeds of every run: those that were asked for, in this session or an earlier one. */
    List<Long> seeds() {
        return manifest.seeds();
    }

    /** When the store was made, UTC. */
    String created() {
        return manifest.created();
    }

    /** Wall time of all sessions so far. */
    double seconds() {
        return manifest.seconds();
    }

    /** Notes that more time went into the store. */
    void spend(double seconds) {
        lock.requireHeld();
        manifest = write(new Manifest(
                MANIFEST_SCHEMA,
                manifest.created(),
                manifest.seconds() + seconds,
                manifest.seeds(),
                manifest.identity()));
    }

    /**
     * The result of a finished trial; empty where it has to be trained, damaged results included.
     *
     * @throws ConfigurationException if another version of the program wrote it: it is not for this one to delete
     */
    Optional<SweepResults.SeedResults> result(Trial trial) {
        Path file = file(trial, RESULT);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            SealedJson content = read(file);
            if (content.seal() == SealedJson.Seal.WHOLE) {
                requireVersion(file, content);
            }
            requireForm(file, content, RESULT_SCHEMA);
            StoredResult stored = record(file, content, StoredResult.class);
            if (!stored.settings().equals(settings(trial)) || stored.result().seed() != trial.seed()) {
                throw new ConfigurationException(file + ": is of another trial");
            }
            if (stored.result().status() == SweepResults.Status.DONE) {
                requireState(trial, fittingModel(trial));
            }
            noteAge(file, content);
            delete(file(trial, CHECKPOINT));
            return Optional.of(stored.result());
        } catch (OtherVersionException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()), e);
        } catch (ConfigurationException | CheckpointException e) {
            warnings.accept(e.getMessage() + "; the trial is trained again");
            delete(file);
            return Optional.empty();
        }
    }

    /** What a whole file says, but not to this version of the program. */
    private static final class OtherVersionException extends RuntimeException {
        private static final long serialVersionUID = 1;

        OtherVersionException(String message) {
            super(message);
        }
    }

    private void requireVersion(Path file, SealedJson content) {
        Object schema = content.content().get("schema");
        Object version = content.content().get("convoke");
        if (!Integer.valueOf(RESULT_SCHEMA).equals(schema) || !request.version().equals(version)) {
            throw new OtherVersionException(file + ": was written by Convoke " + version + " in form " + schema
                    + ", not by this " + request.version() + "; continue with that one, or choose another folder");
        }
    }

    /** The model of a finished trial, which must be that trial's and fit its network. */
    private SavedModel fittingModel(Trial trial) {
        SavedModel model = model(trial);
        Path file = file(trial, MODEL);
        if (!model.card().run().equals(trial.run().name()) || model.card().seed() != trial.seed()) {
            throw new CheckpointException(file + ": is of another trial");
        }
        requireFit(file, trial, model.state());
        return model;
    }

    private void requireFit(Path file, Trial trial, NamedTensors state) {
        try {
            StateLayout.of(
                            ModelSummary.compile(TrialRunner.model(trial.run(), request.dataset())),
                            trial.run().settings().training().rule())
                    .check(state);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": does not fit its network: " + e.getMessage(), e);
        }
    }

    /** An added run may continue from a run whose optimizer state was not kept. */
    private void requireState(Trial trial, SavedModel model) {
        List<OptimizerSlot> slots = trial.run().settings().training().rule().slots();
        if (slots.isEmpty() || StateLayout.hasOptimizerState(model.state())) {
            return;
        }
        for (Suite.Run run : suite.runs()) {
            boolean goesOn = run.startFrom().equals(Optional.of(trial.run().name()));
            if (goesOn && run.settings().training().rule().slots().equals(slots)) {
                throw new ConfigurationException(trial + ": its optimizer state was not kept, and the new run '"
                        + run.name() + "' starts from it");
            }
        }
    }

    /** Where an unfinished trial stands; empty where it has to start again, damaged checkpoints included. */
    Optional<Checkpoint> checkpoint(Trial trial, ModelCard card) {
        Path file = file(trial, CHECKPOINT);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            Checkpoint checkpoint = Checkpoint.read(file, this::noteOnce);
            if (!checkpoint.card().equals(card)) {
                throw new CheckpointException(file + ": is of another trial");
            }
            NamedTensors state = checkpoint.progress().state();
            requireFit(file, trial, state);
            requireFit(file, trial, checkpoint.progress().best());
            if (!trial.run().settings().training().rule().slots().isEmpty() && !StateLayout.hasOptimizerState(state)) {
                throw new CheckpointException(file + ": lacks the optimizer's state");
            }
            return Optional.of(checkpoint);
        } catch (CheckpointException e) {
            warnings.accept(e.getMessage() + "; the trial starts again");
            delete(file);
            return Optional.empty();
        }
    }

    void save(Trial trial, Checkpoint checkpoint) {
        makeTrialFolder(trial);
        checkpoint.write(file(trial, CHECKPOINT));
    }

    void saveModel(Trial trial, SavedModel model) {
        makeTrialFolder(trial);
        model.write(file(trial, MODEL));
    }

    /** The final network of a finished trial. */
    SavedModel model(Trial trial) {
        return SavedModel.read(file(trial, MODEL), this::noteOnce);
    }

    /** Files a finished trial's figures. The last file to be written: when it is there, so is the rest. */
    void finish(Trial trial, SweepResults.SeedResults result) {
        makeTrialFolder(trial);
        StoredResult stored = new StoredResult(RESULT_SCHEMA, Optional.of(request.version()), settings(trial), result);
        SealedJson.write(file(trial, RESULT), RecordJson.write(stored), Json.Layout.COMPACT);
        delete(file(trial, CHECKPOINT));
    }

    static String settings(Trial trial) {
        return Json.compact(trial.run().given());
    }

    private Path folder(Trial trial) {
        return folder.resolve("runs").resolve(trial.run().name()).resolve("seed-" + trial.seed());
    }

    private Path file(Trial trial, String name) {
        return folder(trial).resolve(name);
    }

    private static SealedJson read(Path file) {
        try {
            return SealedJson.read(file, MAX_JSON);
        } catch (IOException e) {
            throw new ConfigurationException(file + ": " + RegularFile.reason(e), e);
        }
    }

    /** The form before {@code form} is the last without a digest; of later ones, a file that has none is damaged. */
    private static void requireForm(Path file, SealedJson content, int form) {
        boolean sealed = content.seal() == SealedJson.Seal.WHOLE;
        Object schema = content.content().get("schema");
        if (!sealed && Integer.valueOf(form).equals(schema)) {
            throw new ConfigurationException(file + ": is damaged: its digest is missing");
        }
        if (!Integer.valueOf(sealed ? form : form - 1).equals(schema)) {
            throw new ConfigurationException(file + ": is of form " + schema + ", this Convoke reads form " + form
                    + "; continue with the version of Convoke that created it, or choose another folder");
        }
    }

    private static <T extends Record> T record(Path file, SealedJson content, Class<T> type) {
        try {
            return RecordJson.read(type, content.content());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(file + ": is damaged: " + e.getMessage(), e);
        }
    }

    private void noteAge(Path file, SealedJson content) {
        if (content.seal() == SealedJson.Seal.NONE) {
            noteOnce(file + ": of an earlier version, without a digest over what it says");
        }
    }

    /** A folder of an earlier version has many such files; one line is enough. */
    private void noteOnce(String notice) {
        if (noted.compareAndSet(false, true)) {
            warnings.accept(notice);
        }
    }

    /** A trial's folder, in the folder that is locked and no other of its name. */
    private void makeTrialFolder(Trial trial) {
        lock.requireHeld();
        makeFolder(folder(trial));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file + ": " + RegularFile.reason(e), e);
        }
    }

    @Override
    public void close() {
        lock.close();
    }
}
