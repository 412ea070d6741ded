package dev.convoke.datasets;

import dev.convoke.datasets.CatalogueEntry.Bundle;
import dev.convoke.datasets.CatalogueFile.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Downloads what is missing of a catalogue entry to the first folder that can be written. */
final class EntryDownload {
    private final CatalogueEntry entry;
    private final FileFinder finder;
    private final Downloader downloader;
    private final Progress progress;

    EntryDownload(CatalogueEntry entry, FileFinder finder, Duration patience, Progress progress) {
        this.entry = entry;
        this.finder = finder;
        this.downloader = new Downloader(patience, progress);
        this.progress = progress;
    }

    /**
     * Fetches what is missing.
     *
     * @throws DatasetException if no mirror delivers or nothing can be written
     */
    void run() {
        Path folder = writableFolder();
        try (FolderLock lock = FolderLock.acquire(folder, progress)) {
            fetchMissing(lock.folder());
        } catch (TransferException e) {
            throw new DatasetException(
                    entry.name() + ": not available locally, and downloads are disabled: " + e.getMessage() + "; "
                            + remedy(entry),
                    e);
        } catch (InterruptedException | ClosedByInterruptException | FileLockInterruptionException e) {
            Thread.currentThread().interrupt();
            throw new DatasetException(
                    entry.name() + ": download interrupted; what came is in " + folder + " and is continued next time",
                    e);
        } catch (IOException e) {
            throw new DatasetException(
                    folder + ": cannot be written (" + DatasetException.reason(e)
                            + "); name another folder with --data-dir",
                    e);
        }
    }

    /** What a user without the files and without the network can do. */
    static String remedy(CatalogueEntry entry) {
        String files = "name a folder that has them with --data-dir";
        return entry.name().equals(Datasets.DEFAULT)
                ? "use --dataset " + BundledDigits.NAME + " (bundled), or " + files
                : files;
    }

    private Path writableFolder() {
        List<Path> folders = finder.downloadFolders(entry);
        for (Path folder : folders) {
            try {
                Files.createDirectories(folder);
                if (Files.isWritable(folder)) {
                    return folder;
                }
            } catch (IOException e) {
                progress.notice(folder + " cannot be written: " + DatasetException.reason(e));
            }
        }
        throw new DatasetException(entry.name() + ": no folder can be written to, tried " + folders
                + "; name another one with --data-dir");
    }

    private void fetchMissing(Path folder) throws TransferException, IOException, InterruptedException {
        // The previous holder of the lock may have downloaded everything.
        Map<Part, LocatedFile> here = finder.find(entry);
        if (entry.bundle().isPresent() && here.size() < entry.files().size()) {
            fetchBundle(entry.bundle().get(), folder);
            return;
        }
        for (CatalogueFile file : entry.files()) {
            if (!here.containsKey(file.part())) {
                downloader.fetch(remote(file), folder);
            }
        }
    }

    private RemoteFile remote(CatalogueFile file) {
        return new RemoteFile(file.packedName(), file.packedBytes(), file.packedDigests(), entry.mirrors());
    }

    private void fetchBundle(Bundle bundle, Path folder) throws TransferException, IOException, InterruptedException {
        Path archive = folder.resolve(bundle.name());
        if (!Files.exists(archive)) {
            downloader.fetch(new RemoteFile(bundle.name(), bundle.bytes(), bundle.digests(), entry.mirrors()), folder);
        }
        for (CatalogueFile file : entry.files()) {
            extract(archive, file, folder);
        }
        // The archive is twenty times as large as what we need of it.
        Files.delete(archive);
    }

    private static void extract(Path archive, CatalogueFile file, Path folder) throws IOException {
        LocatedFile member = FileFinder.member(archive, file)
                .orElseThrow(() -> new DatasetException(
                        archive + ": holds no " + file.packedName() + "; delete the archive and download it again"));
        Path target = folder.resolve(file.packedName());
        PartFile part = new PartFile(target);
        try (InputStream packed = member.open()) {
            Files.copy(packed, part.path(), StandardCopyOption.REPLACE_EXISTING);
        }
        String found =
                Digests.ofFile(part.path(), Digests.named(file.packedDigests().algorithm()));
        if (!found.equals(file.packedDigests().expected())) {
            part.restart();
            throw new DatasetException(member + ": " + file.packedDigests().algorithm() + " is " + found + ", expected "
                    + file.packedDigests().expected() + "; delete the archive and download it again");
        }
        part.finish(target);
    }
}
