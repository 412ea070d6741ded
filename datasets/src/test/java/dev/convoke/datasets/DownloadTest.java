package dev.convoke.datasets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.convoke.datasets.DataLocation.Network;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DownloadTest {
    private static final String IMAGES = "train-images-idx3-ubyte.gz";

    // Long enough for a busy machine to answer itself.
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    // Short, for servers that are known to be silent.
    private static final Duration IMPATIENCE = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private final TinySet tiny = new TinySet("tiny", 1);
    private final List<String> notices = Collections.synchronizedList(new ArrayList<>());
    private final List<String> transfers = Collections.synchronizedList(new ArrayList<>());
    private Duration patience = PATIENCE;

    private final Progress progress = new Progress() {
        @Override
        public void transferred(String file, long done, long total) {
            transfers.add(file + " " + done + "/" + total);
        }

        @Override
        public void notice(String line) {
            notices.add(line);
        }
    };

    private Path target() {
        return folder.resolve("root/tiny");
    }

    private Dataset load(Network network, MirrorServer... mirrors) {
        tiny.mirrors = Stream.of(mirrors).map(MirrorServer::address).toList();
        DataLocation location =
                DataLocation.of(Optional.of(folder.resolve("root")), network, Map.of(), folder.resolve("home"));
        return new DatasetStore(List.of(tiny.entry()), location, patience).load(tiny.entry(), progress);
    }

    private Dataset load(MirrorServer... mirrors) {
        return load(Network.ALLOWED, mirrors);
    }

    private String refusal(MirrorServer... mirrors) {
        String message =
                assertThrows(DatasetException.class, () -> load(mirrors)).getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private MirrorServer server(MirrorServer.Manner manner) throws IOException {
        return new MirrorServer(tiny::packed, manner);
    }

    private static void assertSays(String part, String message) {
        assertTrue(message.contains(part), message);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(target())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private void assertComplete() throws IOException {
        assertEquals(
                tiny.payloads.keySet().stream()
                        .map(name -> name + ".gz")
                        .sorted()
                        .toList(),
                files());
        assertEquals(TinySet.sha256(tiny.packed(IMAGES)), TinySet.sha256(Files.readAllBytes(target().resolve(IMAGES))));
    }

    @Test
    void fetchesWhatIsMissingAndReportsProgress() throws IOException {
        try (MirrorServer mirror = server(MirrorServer::well)) {
            assertEquals(TinySet.TRAIN, load(mirror).train().count());
            assertComplete();
            long bytes = tiny.packed(IMAGES).length;
            assertTrue(transfers.contains(IMAGES + " 0/" + bytes), transfers.toString());
            assertTrue(transfers.contains(IMAGES + " " + bytes + "/" + bytes), transfers.toString());
            int requests = mirror.requests.size();
            load(mirror);
            assertEquals(requests, mirror.requests.size(), "a second load must not ask again");
        }
    }

    @Test
    void fetchesOnlyTheMissingFile() throws IOException {
        tiny.writePacked(target());
        Files.delete(target().resolve(IMAGES));
        try (MirrorServer mirror = server(MirrorServer::well)) {
            load(mirror);
            assertEquals(List.of(IMAGES + " null null"), mirror.requests);
        }
    }

    @Test
    void offlineAsksNobody() throws IOException {
        try (MirrorServer mirror = server(MirrorServer::well)) {
            DatasetException refusal = assertThrows(DatasetException.class, () -> load(Network.OFFLINE, mirror));
            assertSays("offline nothing is downloaded", String.valueOf(refusal.getMessage()));
            assertTrue(mirror.requests.isEmpty());
        }
    }

    @Test
    void takesTheNextMirrorWhenOneHasNoSuchFile() throws IOException {
        try (MirrorServer bad = server(MirrorServer::notFound);
                MirrorServer good = server(MirrorServer::well)) {
            load(bad, good);
            assertComplete();
            assertEquals(1, bad.requests.size(), "the mirror that delivered is asked first from then on");
            assertSays(bad.address().getAuthority() + ": HTTP 404", notices.get(0));
        }
    }

    @Test
    void resumesABrokenConnectionInTheSameRun() throws IOException {
        AtomicInteger answers = new AtomicInteger();
        try (MirrorServer mirror = server((exchange, file) -> {
            if (answers.incrementAndGet() == 1) {
                exchange.getResponseHeaders().set("ETag", "\"v1\"");
                MirrorServer.send(exchange, 200, Arrays.copyOf(file, 10), file.length);
            } else {
                MirrorServer.well(exchange, file);
            }
        })) {
            load(mirror);
            assertComplete();
            assertEquals(IMAGES + " bytes=10- \"v1\"", mirror.requests.get(1));
        }
    }

    @Test
    void resumesInALaterRunFromAnotherMirror() throws IOException {
        Files.createDirectories(target());
        Files.write(target().resolve(IMAGES + ".part"), Arrays.copyOf(tiny.packed(IMAGES), 12));
        try (MirrorServer mirror = server(MirrorServer::well)) {
            load(mirror);
            assertComplete();
            assertEquals(IMAGES + " bytes=12- null", mirror.requests.get(0));
        }
    }

    @Test
    void startsAgainWhenTheServerKnowsNoRanges() throws IOException {
        Files.createDirectories(target());
        Files.write(target().resolve(IMAGES + ".part"), Arrays.copyOf(tiny.packed(IMAGES), 12));
        try (MirrorServer mirror = server(MirrorServer::wholeOnly)) {
            load(mirror);
            assertComplete();
        }
    }

    @Test
    void startsAgainWhenTheFileHasChangedSince() throws IOException {
        try (MirrorServer mirror = server(MirrorServer::well)) {
            Files.createDirectories(target());
            Files.write(target().resolve(IMAGES + ".part"), new byte[12]);
            Files.writeString(
                    target().resolve(IMAGES + ".part.etag"), mirror.address().resolve(IMAGES) + "\n\"v0\"\n");
            load(mirror);
            assertComplete();
            assertEquals(IMAGES + " bytes=12- \"v0\"", mirror.requests.get(0));
        }
    }

    @Test
    void startsAgainWhenThePartWasOfOtherBytes() throws IOException {
        Files.createDirectories(target());
        Files.write(target().resolve(IMAGES + ".part"), new byte[12]);
        try (MirrorServer mirror = server(MirrorServer::well)) {
            load(mirror);
            assertComplete();
            assertEquals(IMAGES + " null null", mirror.requests.get(1));
        }
    }

    @Test
    void startsAgainWhenThePartIsTooLongOrTheRangeRefused() throws IOException {
        Files.createDirectories(target());
        Files.write(target().resolve(IMAGES + ".part"), new byte[10_000]);
        Files.write(target().resolve("train-labels-idx1-ubyte.gz.part"), new byte[3]);
        try (MirrorServer mirror = server((exchange, file) -> {
            if (MirrorServer.header(exchange, "Range").equals("null")) {
                MirrorServer.wholeOnly(exchange, file);
            } else {
                exchange.sendResponseHeaders(416, -1);
            }
        })) {
            load(mirror);
            assertComplete();
        }
    }

    @Test
    void keepsAWholePartWithoutAskingForMore() throws IOException {
        tiny.writePacked(target());
        Files.move(target().resolve(IMAGES), target().resolve(IMAGES + ".part"));
        try (MirrorServer mirror = server(MirrorServer::notFound)) {
            load(mirror);
            assertTrue(mirror.requests.isEmpty());
        }
    }

    @Test
    void refusesAWrongDigestAndLeavesNothingBehind() throws IOException {
        try (MirrorServer mirror = server((exchange, file) -> {
            file[file.length - 1] ^= 1;
            MirrorServer.wholeOnly(exchange, file);
        })) {
            String message = refusal(mirror);
            assertSays("SHA-256 is ", message);
            assertSays("expected " + TinySet.sha256(tiny.packed(IMAGES)), message);
            assertEquals(List.of(), files());
        }
    }

    @Test
    void refusesAPageInPlaceOfTheFile() throws IOException {
        byte[] page = "<html>Please log in</html>".getBytes(StandardCharsets.UTF_8);
        try (MirrorServer mirror = server((exchange, file) -> MirrorServer.send(exchange, 200, page, page.length))) {
            assertSays("sends " + page.length + " bytes, expected " + tiny.packed(IMAGES).length, refusal(mirror));
        }
    }

    @Test
    void refusesABodyWithoutEnd() throws IOException {
        try (MirrorServer mirror = server((exchange, file) -> {
            exchange.sendResponseHeaders(200, 0); // chunked, of unknown length
            try (java.io.OutputStream body = exchange.getResponseBody()) {
                for (int i = 0; i < 1000; i++) {
                    body.write(new byte[1000]);
                }
            } catch (IOException e) {
                assertFalse(String.valueOf(e.getMessage()).isEmpty(), "the client is expected to hang up");
            }
        })) {
            assertSays("sends more than the expected", refusal(mirror));
            assertEquals(List.of(), files());
        }
    }

    @Test
    void triesTheNextMirrorAfterOneThatKeepsBreaking() throws IOException {
        try (MirrorServer bad = server((exchange, file) -> {
                    byte[] one = {file[0]};
                    MirrorServer.send(exchange, 200, one, file.length);
                });
                MirrorServer good = server(MirrorServer::well)) {
            load(bad, good);
            assertComplete();
            assertTrue(bad.requests.size() <= 5, bad.requests.toString());
        }
    }

    @Test
    void givesUpOnAServerThatNeverAnswers() throws IOException {
        patience = IMPATIENCE;
        try (ServerSocket silent = new ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress())) {
            tiny.mirrors = List.of(URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/"));
            DataLocation location = DataLocation.of(
                    Optional.of(folder.resolve("root")), Network.ALLOWED, Map.of(), folder.resolve("home"));
            DatasetStore store = new DatasetStore(List.of(tiny.entry()), location, patience);
            DatasetException refusal = assertThrows(DatasetException.class, () -> store.load(tiny.entry(), progress));
            assertSays("no response for 0.3 s", String.valueOf(refusal.getMessage()));
        }
    }

    /** Each byte comes in time, and all of them would take hours. */
    @Test
    void givesUpOnAServerThatDripsAndAsksAnother() throws IOException {
        patience = IMPATIENCE;
        try (MirrorServer dripping = server((exchange, file) -> {
                    exchange.sendResponseHeaders(200, file.length);
                    for (byte one : file) {
                        exchange.getResponseBody().write(one);
                        exchange.getResponseBody().flush();
                        LockSupport.parkNanos(60_000_000);
                    }
                });
                MirrorServer good = server(MirrorServer::well)) {
            load(dripping, good);
            assertComplete();
            assertTrue(notices.stream().anyMatch(line -> line.contains("sent only")), notices.toString());
        }
    }

    @Test
    void givesUpOnABodyThatFallsSilentAndKeepsWhatCame() throws IOException {
        patience = Duration.ofSeconds(2);
        CountDownLatch over = new CountDownLatch(1);
        try (MirrorServer mirror = server((exchange, file) -> {
            if (MirrorServer.header(exchange, "Range").equals("null")) {
                MirrorServer.send(exchange, 200, Arrays.copyOf(file, 10), file.length);
            }
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            assertSays("no response for 2.0 s", refusal(mirror));
            assertEquals(10, Files.size(target().resolve(IMAGES + ".part")));
            over.countDown();
        }
    }

    @Test
    void namesEveryMirrorAndTheRemedyWhenNothingIsReachable() throws IOException {
        MirrorServer gone = server(MirrorServer::well);
        gone.close();
        try (MirrorServer bad = server(MirrorServer::notFound)) {
            String message = refusal(gone, bad);
            assertSays(gone.address().getAuthority() + ": no connection; ", message);
            assertSays(bad.address().getAuthority() + ": HTTP 404", message);
            assertSays("--data-dir", message);
        }
    }

    @Test
    void forMnistTheRemedyNamesTheBundledDigits() {
        CatalogueEntry mnist = Catalogue.find("mnist").orElseThrow();
        assertSays("--dataset digits", EntryDownload.remedy(mnist));
        assertSays("--data-dir", EntryDownload.remedy(mnist));
    }

    @Test
    void takesABundleApartAndDropsIt() throws IOException {
        tiny.bundled = true;
        tiny.known = TinySet.Known.ARCHIVES_BY_MD5;
        byte[] zip = tiny.zip();
        try (MirrorServer mirror = new MirrorServer(name -> zip, MirrorServer::well)) {
            assertEquals(TinySet.TRAIN, load(mirror).train().count());
            assertEquals(List.of("gzip.zip null null"), mirror.requests);
            assertComplete();
        }
    }

    @Test
    void fallsBackToTheCacheWhereTheDataFolderIsReadOnly() throws IOException {
        Path root = Files.createDirectories(folder.resolve("root"));
        assumeTrue(root.toFile().setWritable(false) && !Files.isWritable(root), "this user may write anywhere");
        try (MirrorServer mirror = server(MirrorServer::well)) {
            assertEquals(
                    folder.resolve("home/.cache/convoke/datasets/tiny").toString(),
                    load(mirror).origin());
        } finally {
            assertTrue(root.toFile().setWritable(true));
        }
    }

    @Test
    void aFileInPlaceOfTheDataFolderLeavesTheCache() throws IOException {
        Files.writeString(folder.resolve("root"), "not a folder");
        try (MirrorServer mirror = server(MirrorServer::well)) {
            assertEquals(
                    folder.resolve("home/.cache/convoke/datasets/tiny").toString(),
                    load(mirror).origin());
        }
    }

    @Test
    void manyAtOnceFetchEachFileOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (MirrorServer mirror = server(MirrorServer::well)) {
            tiny.mirrors = List.of(mirror.address());
            List<Future<Dataset>> loads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                loads.add(threads.submit(() -> load(mirror)));
            }
            for (Future<Dataset> load : loads) {
                assertEquals(TinySet.TRAIN, load.get().train().count());
            }
            assertEquals(4, mirror.requests.size(), mirror.requests.toString());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anotherProcessThatDownloadsIsWaitedFor() throws Exception {
        Files.createDirectories(target());
        Process holder = startLockHolder();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (MirrorServer mirror = server(MirrorServer::well)) {
            assertEquals('L', holder.getInputStream().read());
            Future<Dataset> load = threads.submit(() -> load(mirror));
            while (notices.isEmpty() && !load.isDone()) {
                Thread.sleep(10);
            }
            assertSays("another process is downloading", notices.get(0));
            assertTrue(mirror.requests.isEmpty());
            holder.getOutputStream().close();
            assertEquals(TinySet.TRAIN, load.get().train().count());
        } finally {
            holder.destroy();
            threads.shutdownNow();
        }
    }

    private Process startLockHolder() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        target().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Another process' side: locks a folder, says {@code L}, holds on until its input ends. */
    static final class LockHolder {
        public static void main(String[] folder) throws Exception {
            try (FolderLock lock = FolderLock.acquire(Path.of(folder[0]), Progress.NONE)) {
                System.out.print(lock.folder().toString().isEmpty() ? "" : "L");
                System.out.flush();
                while (System.in.read() >= 0) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
