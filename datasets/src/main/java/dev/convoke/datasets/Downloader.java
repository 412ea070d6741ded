package dev.convoke.datasets;

import dev.convoke.datasets.TransferException.Kind;
import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches files over HTTP from several mirrors in turn. An interrupted transfer is resumed, in this run or a later one; a
 * file gets its final name only after its size and digest were verified.
 */
final class Downloader {
    /** Timeout for a response, and for each block of it, that is suitable for the internet. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String TUNNELING = "jdk.http.auth.tunneling.disabledSchemes";

    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(10);

    // How often one mirror is asked, if each break leaves more bytes here than the one before.
    private static final int GOES = 5;

    private final HttpClient client;
    private final Duration patience;
    private final Progress progress;
    private @Nullable URI lastGood;

    /** @param patience timeout for a response and for each block of it */
    Downloader(Duration patience, Progress progress) {
        this(patience, progress, System.getenv());
    }

    /** @param environment whose proxies are asked */
    Downloader(Duration patience, Progress progress, Map<String, String> environment) {
        this.client = client(patience, new EnvironmentProxies(environment));
        this.patience = patience;
        this.progress = progress;
    }

    private static HttpClient client(Duration patience, EnvironmentProxies proxies) {
        // Java sends passwords to a proxy for HTTPS only if this property is set before the first use of its client.
        if (!proxies.isEmpty() && System.getProperty(TUNNELING) == null) {
            System.setProperty(TUNNELING, "");
        }
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(patience.compareTo(CONNECT_PATIENCE) < 0 ? patience : CONNECT_PATIENCE);
        // What is told to Java itself (-Dhttps.proxyHost) wins over the environment.
        boolean told = System.getProperty("http.proxyHost") != null || System.getProperty("https.proxyHost") != null;
        if (!proxies.isEmpty() && !told) {
            builder.proxy(proxies).authenticator(new ProxyLogin(proxies));
        }
        return builder.build();
    }

    /** Sends the password from the environment to the proxy only. */
    private static final class ProxyLogin extends Authenticator {
        private final EnvironmentProxies proxies;

        ProxyLogin(EnvironmentProxies proxies) {
            this.proxies = proxies;
        }

        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            boolean ofProxy = getRequestorType() == RequestorType.PROXY && getRequestingURL() != null;
            return ofProxy
                    ? proxies.login(URI.create(getRequestingURL().toString())).orElse(null)
                    : null;
        }
    }

    /**
     * Fetches {@code file} into {@code folder}, which exists and is locked by the caller.
     *
     * @throws TransferException if no mirror delivered; the message names each with its reason
     * @throws IOException if the folder cannot be written
     */
    void fetch(RemoteFile file, Path folder) throws TransferException, IOException, InterruptedException {
        Path target = folder.resolve(file.name());
        PartFile part = new PartFile(target);
        List<String> refusals = new ArrayList<>();
        for (URI mirror : lastGoodFirst(file.mirrors())) {
            try {
                fetchFrom(mirror.resolve(file.name()), file, part);
                part.finish(target);
                lastGood = mirror;
                return;
            } catch (TransferException e) {
                String refusal = mirror.getScheme() + "://" + mirror.getAuthority() + ": " + e.getMessage();
                refusals.add(refusal);
                progress.notice(file.name() + " not from " + refusal);
            }
        }
        throw new TransferException(Kind.REFUSED, file.name() + " (" + String.join("; ", refusals) + ")");
    }

    private List<URI> lastGoodFirst(List<URI> mirrors) {
        return mirrors.stream()
                .sorted(Comparator.comparing(mirror -> !mirror.equals(lastGood)))
                .toList();
    }

    private void fetchFrom(URI source, RemoteFile file, PartFile part)
            throws TransferException, IOException, InterruptedException {
        Transfer transfer = new Transfer(client, patience, file, part, progress);
        if (part.bytes() > file.bytes()) {
            part.restart();
        }
        for (int goes = 0; ; goes++) {
            long before = part.bytes();
            try {
                if (before < file.bytes()) {
                    transfer.run(source);
                }
                checkDigest(file, part, before);
                return;
            } catch (TransferException e) {
                boolean again = e.kind() == Kind.BROKEN && part.bytes() != before;
                if (!again || goes == GOES - 1) {
                    throw e;
                }
            }
        }
    }

    /**
     * Drops a part with the wrong digest. One that was continued may be of two versions, so that it is worth another go
     * from the start.
     */
    private static void checkDigest(RemoteFile file, PartFile part, long continuedFrom)
            throws TransferException, IOException {
        String algorithm = file.digests().algorithm();
        String found = Digests.ofFile(part.path(), Digests.named(algorithm));
        if (!found.equals(file.digests().expected())) {
            part.restart();
            throw new TransferException(
                    continuedFrom > 0 ? Kind.BROKEN : Kind.REFUSED,
                    algorithm + " is " + found + ", expected " + file.digests().expected());
        }
    }
}
