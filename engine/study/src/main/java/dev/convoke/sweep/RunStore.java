package dev.convoke.sweep;

import dev.convoke.backend.StateLayout;
import dev.convoke.model.OptimizerSlot;
import dev.convoke.settings.ConfigurationException;
import dev.convoke.train.AtomicFile;
import dev.convoke.train.Checkpoint;
import dev.convoke.train.CheckpointException;
import dev.convoke.train.Json;
import dev.convoke.train.ModelCard;
import dev.convoke.train.RecordJson;
import dev.convoke.train.SavedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * <p>Every file is written whole or not at all, so a kill at any moment loses at most the epoch under way. A damaged file is
 * named and its trial trained again. One process at a time has a store.
 */
final class RunStore implements AutoCloseable {
    private static final int MANIFEST_SCHEMA = 2;
    private static final int RESULT_SCHEMA = 1;
    private static final long MAX_JSON = 256L << 20;
    private static final String MANIFEST = "manifest.json";
    private static final String SUITE = "suite.yaml";

    private final Path folder;
    private final Suite suite;
    private final StoreLock lock;
    private final Consumer<String> warnings;
    private Manifest manifest;

    /** The head of a store. */
    record Manifest(int schema, String created, double seconds, List<Long> seeds, StoreIdentity identity) {}

    /** A finished trial, with what it was a trial of. */
    record StoredResult(int schema, String settings, SweepResults.SeedResults result) {}

    private RunStore(Path folder, Suite suite, StoreLock lock, Consumer<String> warnings, Manifest manifest) {
        this.folder = folder;
        this.suite = suite;
        this.lock = lock;
        this.warnings = warnings;
        this.manifest = manifest;
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
        StoreIdentity identity = StoreIdentity.of(request, suite);
        makeFolder(folder);
        refuseForeign(folder);
        StoreLock lock = StoreLock.take(folder);
        try {
            Manifest manifest = Files.exists(folder.resolve(MANIFEST))
                    ? resume(folder, request, identity)
                    : create(folder, request, identity);
            return new RunStore(folder, suite, lock, warnings, manifest);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new ConfigurationException(folder + ": is not a folder and cannot be made one", e);
        }
    }

    private static Manifest resume(Path folder, SweepRequest request, StoreIdentity identity) {
        if (request.existing() == SweepRequest.Existing.REFUSE) {
            throw new ConfigurationException(
                    folder + ": holds a sweep already; add --resume to go on with it, or choose another folder");
        }
        Manifest manifest = read(folder.resolve(MANIFEST), Manifest.class, MANIFEST_SCHEMA);
        identity.difference(manifest.identity()).ifPresent(difference -> {
            throw new ConfigurationException(
                    folder + ": cannot be resumed: it was made with " + difference + "; choose another folder");
        });
        // Only now, when the folder is known to be ours.
        AtomicFile.sweep(folder);
        List<Long> seeds = Stream.concat(
                        manifest.seeds().stream(),
                        request.seeds().isPresent() ? request.seedList().stream() : Stream.of())
                .distinct()
                .sorted()
                .toList();
        AtomicFile.write(folder.resolve(SUITE), request.suite().text());
        return write(folder, new Manifest(MANIFEST_SCHEMA, manifest.created(), manifest.seconds(), seeds, identity));
    }

    private static Manifest write(Path folder, Manifest manifest) {
        AtomicFile.write(folder.resolve(MANIFEST), Json.indented(RecordJson.write(manifest)));
        return manifest;
    }

    /** Refuses a folder with files in it that are not a sweep's; leaves all of them alone. */
    private static void refuseForeign(Path folder) {
        if (Files.exists(folder.resolve(MANIFEST))) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> others = files.map(file -> file.getFileName().toString())
                    .filter(name ->
                            !name.equals(StoreLock.FILE) && !name.startsWith(SUITE) && !name.startsWith(MANIFEST))
                    .toList();
            if (!others.isEmpty()) {
                throw new ConfigurationException(folder + ": is not empty and holds no sweep (there is '"
                        + others.get(0) + "'); choose another folder");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    private static Manifest create(Path folder, SweepRequest request, StoreIdentity identity) {
        AtomicFile.write(folder.resolve(SUITE), request.suite().text());
        String created = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return write(folder, new Manifest(MANIFEST_SCHEMA, created, 0, request.seedList(), identity));
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
        manifest = write(
                folder,
                new Manifest(
                        MANIFEST_SCHEMA,
                        manifest.created(),
                        manifest.seconds() + seconds,
                        manifest.seeds(),
                        manifest.identity()));
    }

    /** The result of a finished trial; empty where it has to be trained, damaged results included. */
    Optional<SweepResults.SeedResults> result(Trial trial) {
        Path file = file(trial, "result.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            StoredResult stored = read(file, StoredResult.class, RESULT_SCHEMA);
            if (!stored.settings().equals(settings(trial)) || stored.result().seed() != trial.seed()) {
                throw new ConfigurationException(file + ": is of another trial");
            }
            if (stored.result().status() == SweepResults.Status.DONE) {
                requireState(trial, model(trial));
            }
            delete(file(trial, "checkpoint.safetensors"));
            return Optional.of(stored.result());
        } catch (ConfigurationException | CheckpointException e) {
            warnings.accept(e.getMessage() + "; the trial is trained again");
            delete(file);
            return Optional.empty();
        }
    }

    /** A run that was added may go on from one whose optimizer state nobody needed before. */
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
        Path file = file(trial, "checkpoint.safetensors");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Checkpoint checkpoint = Checkpoint.read(file);
            if (!checkpoint.card().equals(card)) {
                throw new CheckpointException(file + ": is of another trial");
            }
            return Optional.of(checkpoint);
        } catch (CheckpointException e) {
            warnings.accept(e.getMessage() + "; the trial starts again");
            delete(file);
            return Optional.empty();
        }
    }

    void save(Trial trial, Checkpoint checkpoint) {
        makeFolder(folder(trial));
        checkpoint.write(file(trial, "checkpoint.safetensors"));
    }

    void saveModel(Trial trial, SavedModel model) {
        makeFolder(folder(trial));
        model.write(file(trial, "model.safetensors"));
    }

    /** The final network of a finished trial. */
    SavedModel model(Trial trial) {
        return SavedModel.read(file(trial, "model.safetensors"));
    }

    /** Files a finished trial's figures. The last file to be written: when it is there, so is the rest. */
    void finish(Trial trial, SweepResults.SeedResults result) {
        makeFolder(folder(trial));
        StoredResult stored = new StoredResult(RESULT_SCHEMA, settings(trial), result);
        AtomicFile.write(file(trial, "result.json"), Json.compact(RecordJson.write(stored)) + "\n");
        delete(file(trial, "checkpoint.safetensors"));
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

    private static <T extends Record> T read(Path file, Class<T> type, int schema) {
        try {
            if (Files.size(file) > MAX_JSON) {
                throw new ConfigurationException(file + ": is too large to be one of ours");
            }
            Map<String, Object> map = Json.read(Files.readString(file));
            if (!Integer.valueOf(schema).equals(map.get("schema"))) {
                throw new ConfigurationException(
                        file + ": is of form " + map.get("schema") + ", this Convoke reads form " + schema
                                + "; go on with the Convoke that made it, or choose another folder");
            }
            return RecordJson.read(type, map);
        } catch (IOException e) {
            throw new ConfigurationException(file + ": is damaged: " + Json.firstLine(e), e);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(file + ": is damaged: " + e.getMessage(), e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        lock.close();
    }
}
