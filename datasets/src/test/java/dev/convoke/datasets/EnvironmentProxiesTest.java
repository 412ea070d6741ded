package dev.convoke.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convoke.datasets.CatalogueFile.PackedDigests;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentProxiesTest {
    private static String proxy(Map<String, String> environment, String uri) {
        List<Proxy> proxies = new EnvironmentProxies(environment).select(URI.create(uri));
        assertEquals(1, proxies.size());
        return proxies.get(0).address() instanceof InetSocketAddress address
                ? address.getHostString() + ":" + address.getPort()
                : "direct";
    }

    @Test
    void eachSchemeHasItsVariable() {
        Map<String, String> environment = Map.of("http_proxy", "http://one:8080", "https_proxy", "http://two:8081/");
        assertEquals("one:8080", proxy(environment, "http://example.org/a"));
        assertEquals("two:8081", proxy(environment, "https://example.org/a"));
        assertEquals("direct", proxy(Map.of("http_proxy", "http://one:8080"), "https://example.org/"));
        assertEquals("direct", proxy(Map.of("https_proxy", " "), "https://example.org/"));
    }

    @Test
    void capitalsCountAndSmallLettersWin() {
        assertEquals("one:80", proxy(Map.of("HTTPS_PROXY", "one"), "https://example.org/"));
        assertEquals(
                "two:3128", proxy(Map.of("HTTPS_PROXY", "one", "https_proxy", "two:3128"), "https://example.org/"));
        assertEquals("all:1", proxy(Map.of("ALL_PROXY", "all:1"), "https://example.org/"));
    }

    @Test
    void someHostsAreAskedDirectly() {
        for (String none :
                List.of("*", "example.org", ".example.org", "a, Example.ORG ,b", "*.example.org", "example.org:8443")) {
            assertEquals(
                    "direct",
                    proxy(Map.of("https_proxy", "p:1", "no_proxy", none), "https://www.example.org:8443/"),
                    none);
            assertEquals(
                    "direct", proxy(Map.of("https_proxy", "p:1", "NO_PROXY", none), "https://example.org:8443/"), none);
        }
        for (String none : List.of("", "example.com", "ample.org", "example.org:1", ",")) {
            assertEquals(
                    "p:1", proxy(Map.of("https_proxy", "p:1", "no_proxy", none), "https://example.org:8443/"), none);
        }
        for (String local : List.of("http://localhost:5/", "http://127.0.0.1:5/", "http://[::1]:5/")) {
            assertEquals("direct", proxy(Map.of("http_proxy", "p:1"), local));
        }
    }

    @Test
    void aPasswordIsForTheProxy() {
        EnvironmentProxies proxies = new EnvironmentProxies(Map.of("https_proxy", "http://me:a%40b+c@proxy:1"));
        PasswordAuthentication login =
                proxies.login(URI.create("https://example.org/")).orElseThrow();
        assertEquals("me", login.getUserName());
        assertArrayEquals("a@b+c".toCharArray(), login.getPassword());
        assertTrue(proxies.login(URI.create("http://example.org/")).isEmpty());
    }

    @Test
    void anotherKindOfProxyIsRefusedAndItsPasswordKept() {
        for (String value : List.of("socks5://me:secret@host:1", "http://", "http://me:secret@:1", "a b")) {
            String message = assertThrows(
                            DatasetException.class, () -> proxy(Map.of("https_proxy", value), "https://example.org/"))
                    .getMessage();
            assertTrue(message.startsWith("$https_proxy: is not the address of an HTTP proxy"), message);
            assertFalse(message.contains("secret"), message);
        }
    }

    @Test
    void aDownloadGoesThroughTheProxy(@TempDir Path folder) throws Exception {
        byte[] file = {1, 2, 3};
        try (MirrorServer proxy = new MirrorServer(name -> file, MirrorServer::well)) {
            RemoteFile remote = new RemoteFile(
                    "file.gz",
                    file.length,
                    new PackedDigests(Optional.of(TinySet.sha256(file)), Optional.empty()),
                    List.of(URI.create("http://mirror.invalid/")));
            Map<String, String> environment =
                    Map.of("HTTP_PROXY", proxy.address().toString());
            new Downloader(Duration.ofSeconds(5), Progress.NONE, environment).fetch(remote, folder);
            assertArrayEquals(file, Files.readAllBytes(folder.resolve("file.gz")));
            assertEquals(1, proxy.requests.size());
        }
    }

    @Test
    void withoutVariablesThereIsNone() {
        assertTrue(new EnvironmentProxies(Map.of("no_proxy", "*")).isEmpty());
        assertFalse(new EnvironmentProxies(Map.of("HTTP_PROXY", "one")).isEmpty());
    }
}
