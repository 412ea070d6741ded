package dev.convoke.datasets;

import dev.convoke.datasets.CatalogueFile.Part;
import dev.convoke.datasets.DataLocation.Network;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds, fetches and reads the entries of one catalogue. */
final class DatasetStore {
    private final DataLocation location;
    private final Duration patience;
    private final FileFinder finder;

    /** @param patience timeout for a mirror's response and for each block of it */
    DatasetStore(List<CatalogueEntry> catalogue, DataLocation location, Duration patience) {
        this.location = location;
        this.patience = patience;
        this.finder = new FileFinder(catalogue, location);
    }

    /** Reads {@code entry}, after fetching what is missing. */
    Dataset load(CatalogueEntry entry, Progress progress) {
        Map<Part, LocatedFile> places = finder.find(entry);
        if (isWhole(entry, places)) {
            return read(entry, places, progress);
        }
        if (location.network() == Network.OFFLINE) {
            throw new DatasetException(entry.name() + ": " + missing(entry, places) + " not found in "
                    + join(finder.folders(entry)) + ", and offline nothing is downloaded; "
                    + EntryDownload.remedy(entry));
        }
        new EntryDownload(entry, finder, patience, progress).run();
        return read(entry, finder.find(entry), progress);
    }

    private static Dataset read(CatalogueEntry entry, Map<Part, LocatedFile> places, Progress progress) {
        PayloadPins pins = new PayloadPins();
        Dataset dataset = new IdxDataset(entry, places, pins).read();
        pins.note(entry.name(), progress);
        return dataset;
    }

    /** The location of {@code entry}, if it is complete; only file names are read. */
    Optional<String> place(CatalogueEntry entry) {
        try {
            Map<Part, LocatedFile> places = finder.find(entry);
            return isWhole(entry, places) ? Optional.of(IdxDataset.origin(places)) : Optional.empty();
        } catch (DatasetException e) {
            return Optional.empty();
        }
    }

    /** Checks every local file of {@code entry}. */
    List<FileCheck> verify(CatalogueEntry entry) {
        Map<Part, LocatedFile> places = finder.find(entry);
        List<FileCheck> checks = new ArrayList<>();
        for (CatalogueFile file : entry.files()) {
            LocatedFile place = places.get(file.part());
            checks.add(place == null ? missing(entry, file) : PayloadReader.check(file, place));
        }
        return checks;
    }

    private FileCheck missing(CatalogueEntry entry, CatalogueFile file) {
        return new FileCheck(
                file.name(), FileCheck.Status.MISSING, Optional.empty(), "not found in " + join(finder.folders(entry)));
    }

    private static boolean isWhole(CatalogueEntry entry, Map<Part, LocatedFile> places) {
        return places.size() == entry.files().size();
    }

    private static String missing(CatalogueEntry entry, Map<Part, LocatedFile> places) {
        return entry.files().stream()
                .filter(file -> !places.containsKey(file.part()))
                .map(CatalogueFile::name)
                .collect(Collectors.joining(", "));
    }

    private static String join(List<Path> folders) {
        return folders.stream().map(Path::toString).collect(Collectors.joining(", "));
    }
}
