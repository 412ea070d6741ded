package dev.convoke.examples;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.convoke.Classifier;
import dev.convoke.Prediction;
import dev.convoke.datasets.DatasetException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A small HTTP service on the JDK's own server: POST a picture to {@code /classify}, and its three most probable classes come
 * back as JSON. It listens on this machine alone.
 *
 * <pre>
 * java -cp 'engine/examples/target/classes:engine/examples/target/lib/*' dev.convoke.examples.ClassifierServer digits.safetensors 8080
 * curl --data-binary @seven.png http://localhost:8080/classify
 * </pre>
 */
public final class ClassifierServer implements AutoCloseable {
    private static final int MOST_BYTES = 1 << 24;
    private static final int BEST = 3;
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;

    private final Classifier classifier;
    private final HttpServer server;
    private final ExecutorService threads;

    private ClassifierServer(Classifier classifier, int port) throws IOException {
        this.classifier = classifier;
        threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/classify", this::classify);
        server.start();
    }

    /** The model file and the port are the arguments. */
    public static void main(String[] arguments) throws IOException {
        ClassifierServer server = start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        System.out.println("listening on http://localhost:" + server.port() + "/classify");
    }

    /**
     * Starts the service.
     *
     * @param port 0 for any that is free
     */
    static ClassifierServer start(Path model, int port) throws IOException {
        return new ClassifierServer(Classifier.load(model), port);
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void classify(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("POST")) {
                answer(exchange, METHOD_NOT_ALLOWED, Map.of("error", "POST a picture"));
                return;
            }
            byte[] picture = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
            if (picture.length > MOST_BYTES) {
                answer(exchange, TOO_LARGE, Map.of("error", "the picture has more than " + MOST_BYTES + " bytes"));
                return;
            }
            try {
                Prediction found = classifier.classify(picture);
                answer(exchange, OK, Map.of("label", found.label(), "best", found.top(BEST)));
            } catch (DatasetException e) {
                answer(exchange, BAD_REQUEST, Map.of("error", String.valueOf(e.getMessage())));
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, Map<String, Object> content) throws IOException {
        byte[] body = JSON.std.asString(content).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(1);
        threads.shutdown();
        classifier.close();
    }
}
