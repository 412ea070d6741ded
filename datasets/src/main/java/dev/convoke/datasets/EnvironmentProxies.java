package dev.convoke.datasets;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The proxies of the environment, with the conventions of curl, wget and pip: {@code http_proxy}, {@code https_proxy},
 * {@code all_proxy} for other schemes, and {@code no_proxy} for hosts without proxy, each also in uppercase; lowercase
 * takes precedence. The local host never uses a proxy.
 */
final class EnvironmentProxies extends ProxySelector {
    private static final int DEFAULT_PORT = 80;

    private final Map<String, String> environment;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Whether any proxy is named. */
    boolean isEmpty() {
        return List.of("http_proxy", "https_proxy", "all_proxy").stream()
                .allMatch(name -> variable(name).isEmpty());
    }

    @Override
    public List<Proxy> select(URI uri) {
        return List.of(proxy(uri)
                .map(address -> new Proxy(
                        Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.getHost(), port(address))))
                .orElse(Proxy.NO_PROXY));
    }

    /** Name and password that the variable for {@code uri} gives before the proxy's host, if it does. */
    Optional<PasswordAuthentication> login(URI uri) {
        return proxy(uri)
                .map(URI::getRawUserInfo)
                .map(login -> login.split(":", 2))
                .map(parts -> new PasswordAuthentication(
                        decoded(parts[0]),
                        decoded(parts.length > 1 ? parts[1] : "").toCharArray()));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException cause) {
        // The caller is informed too.
    }

    private Optional<URI> proxy(URI uri) {
        String host = Objects.requireNonNullElse(uri.getHost(), "");
        if (isDirect(host, uri.getPort())) {
            return Optional.empty();
        }
        String name = "https".equals(uri.getScheme()) ? "https_proxy" : "http_proxy";
        String used = variable(name).isPresent() ? name : "all_proxy";
        return variable(used).map(value -> address(used, value));
    }

    private static URI address(String name, String value) {
        try {
            URI address = URI.create(value.contains("://") ? value : "http://" + value);
            if ("http".equalsIgnoreCase(address.getScheme()) && address.getHost() != null) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, with the variable's name.
        }
        // The value may hold a password, so it is not repeated.
        throw new DatasetException(
                "$" + name + ": is not the address of an HTTP proxy; set it to http://HOST:PORT, or unset it");
    }

    private static int port(URI address) {
        return address.getPort() < 0 ? DEFAULT_PORT : address.getPort();
    }

    private boolean isDirect(String host, int port) {
        String wanted = host.toLowerCase(Locale.ROOT);
        if (wanted.equals("localhost") || wanted.equals("[::1]") || wanted.matches("127(\\.\\d{1,3}){3}")) {
            return true;
        }
        for (String entry : variable("no_proxy").orElse("").split("[,\\s]+", -1)) {
            String named = entry.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
            String bare = named.endsWith(":" + port) ? named.substring(0, named.lastIndexOf(':')) : named;
            if (named.equals("*") || (!bare.isEmpty() && (wanted.equals(bare) || wanted.endsWith("." + bare)))) {
                return true;
            }
        }
        return false;
    }

    private Optional<String> variable(String name) {
        String small = environment.get(name);
        String value = small != null ? small : environment.get(name.toUpperCase(Locale.ROOT));
        return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
