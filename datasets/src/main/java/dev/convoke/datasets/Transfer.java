package dev.convoke.datasets;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One request for the rest of a file: asks from where the part ends, and adds what comes to it. */
final class Transfer {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+|\\*)");

    private final HttpClient client;
    private final Duration patience;
    private final RemoteFile file;
    private final PartFile part;
    private final Progress progress;

    /** Slower than any network in use; at this pace the smallest file takes half a minute. */
    private static final long LEAST_BYTES_A_SECOND = 256;

    /** The pace is that of as many times the patience. */
    private static final int PATIENCES = 2;

    /** @param patience timeout for a response and for each block of it */
    Transfer(HttpClient client, Duration patience, RemoteFile file, PartFile part, Progress progress) {
        this.client = client;
        this.patience = patience;
        this.file = file;
        this.part = part;
        this.progress = progress;
    }

    /**
     * Fetches until the part has the file's size.
     *
     * @throws TransferException if {@code source} has no such file, or the connection failed or broke; in the latter case
     *     the bytes that came are kept
     * @throws IOException if the part cannot be written
     */
    void run(URI source) throws TransferException, IOException, InterruptedException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = answer(request(source));
        try (HttpBody body = new HttpBody(patience)) {
            response.body().subscribe(body);
            prepare(source, response);
            receive(body);
        }
    }

    private HttpRequest request(URI source) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(source).header("User-Agent", "convoke").header("Accept-Encoding", "identity");
        long have = part.bytes();
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
            part.tag(source).ifPresent(tag -> request.header("If-Range", tag));
        }
        return request.build();
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer(HttpRequest request)
            throws TransferException, InterruptedException {
        // In newer Java the request's timeout covers the body too, so the wait for the response is limited here.
        CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofPublisher());
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw broken("no response for " + patience.toMillis() / 1000.0 + " s");
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw TransferException.broken(cause);
        }
    }

    /** Truncates the part to the start of the response. */
    private void prepare(URI source, HttpResponse<?> response) throws TransferException, IOException {
        int status = response.statusCode();
        if (status == 206) {
            checkRange(response);
            return;
        }
        if (status == 416) {
            part.restart();
            throw broken("HTTP 416: the part does not fit");
        }
        if (status != 200) {
            throw refused("HTTP " + status);
        }
        long announced = response.headers().firstValueAsLong("Content-Length").orElse(file.bytes());
        if (announced != file.bytes()) {
            throw refused("sends " + announced + " bytes, expected " + file.bytes());
        }
        // The whole file comes, whether or not we asked for its end.
        part.restart();
        part.remember(source, response.headers().firstValue("ETag"));
    }

    private void checkRange(HttpResponse<?> response) throws TransferException, IOException {
        String range = response.headers().firstValue("Content-Range").orElse("");
        Matcher matcher = CONTENT_RANGE.matcher(range);
        boolean fits = matcher.matches()
                && matcher.group(1).equals(Long.toString(part.bytes()))
                && (matcher.group(3).equals("*") || matcher.group(3).equals(Long.toString(file.bytes())));
        if (!fits) {
            part.restart();
            throw broken("responds with the range '" + range + "', which does not fit");
        }
    }

    private void receive(HttpBody body) throws TransferException, IOException, InterruptedException {
        long done = part.bytes();
        try (FileChannel channel = part.append()) {
            progress.transferred(file.name(), done, file.bytes());
            long since = System.nanoTime();
            long then = done;
            for (List<ByteBuffer> block = body.next(); !block.isEmpty(); block = body.next()) {
                for (ByteBuffer buffer : block) {
                    done += buffer.remaining();
                    if (done > file.bytes()) {
                        throw tooLong();
                    }
                    PartFile.write(channel, buffer);
                }
                progress.transferred(file.name(), done, file.bytes());
                long now = System.nanoTime();
                if (now - since > PATIENCES * patience.toNanos()) {
                    requirePace(done - then, now - since);
                    since = now;
                    then = done;
                }
            }
            channel.force(true);
        }
        if (done < file.bytes()) {
            throw broken("ended after " + done + " of " + file.bytes() + " bytes");
        }
    }

    /** A server that sends a byte now and then is never silent, and never done. */
    private static void requirePace(long bytes, long nanos) throws TransferException {
        double seconds = nanos / 1e9;
        if (bytes < LEAST_BYTES_A_SECOND * seconds) {
            throw refused(String.format(Locale.ROOT, "sent only %d bytes in %.1f s", bytes, seconds));
        }
    }

    private TransferException tooLong() throws IOException {
        part.restart();
        return refused("sends more than the expected " + file.bytes() + " bytes");
    }

    private static TransferException refused(String message) {
        return new TransferException(TransferException.Kind.REFUSED, message);
    }

    private static TransferException broken(String message) {
        return new TransferException(TransferException.Kind.BROKEN, message);
    }
}
