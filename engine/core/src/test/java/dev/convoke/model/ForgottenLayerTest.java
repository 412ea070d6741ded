package dev.convoke.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is added to the engine has to be thought of everywhere: a place that forgets it does not compile. */
class ForgottenLayerTest {
    static Stream<Class<?>> visitors() {
        return Stream.of(Layer.Visitor.class, Loss.Visitor.class, Optimizer.Visitor.class);
    }

    @ParameterizedTest
    @MethodSource("visitors")
    void aPlaceThatForgetsAKindDoesNotCompile(Class<?> visitor, @TempDir Path out) throws Exception {
        List<Method> methods = Arrays.stream(visitor.getMethods())
                .sorted(Comparator.comparing(ForgottenLayerTest::visited))
                .toList();
        assertTrue(methods.size() >= 4, methods + " are too few");
        assertEquals(List.of(), errors(place("Complete", visitor, methods), out), "a place that thinks of all");
        String forgetful = methods.stream()
                .map(forgotten -> place(
                        "Without" + visited(forgotten),
                        visitor,
                        methods.stream().filter(each -> !each.equals(forgotten)).toList()))
                .collect(Collectors.joining());
        List<String> wanted = methods.stream()
                .map(forgotten ->
                        "Without" + visited(forgotten) + " is not abstract and does not override abstract method "
                                + "visit(" + forgotten.getParameterTypes()[0].getCanonicalName() + ") in "
                                + visitor.getCanonicalName())
                .toList();
        assertEquals(wanted, errors(forgetful, out));
    }

    /** Every record that the compiler would let a model use has its method. */
    @ParameterizedTest
    @MethodSource("visitors")
    void everyKindIsVisited(Class<?> visitor) {
        List<String> kinds = Arrays.stream(visitor.getEnclosingClass().getPermittedSubclasses())
                .map(Class::getSimpleName)
                .sorted()
                .toList();
        List<String> visited = Arrays.stream(visitor.getMethods())
                .map(ForgottenLayerTest::visited)
                .sorted()
                .toList();
        assertEquals(kinds, visited);
    }

    private static String visited(Method method) {
        return method.getParameterTypes()[0].getSimpleName();
    }

    /** A class that visits what these methods name. */
    private static String place(String name, Class<?> visitor, List<Method> methods) {
        return methods.stream()
                .map(method -> "public String visit(" + method.getParameterTypes()[0].getCanonicalName()
                        + " each) { return null; }")
                .collect(Collectors.joining(
                        "\n",
                        "final class " + name + " implements " + visitor.getCanonicalName() + "<String> {\n",
                        "\n}\n"));
    }

    private static List<String> errors(String source, Path out) throws IOException, URISyntaxException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertNotNull(compiler, "these tests run on a JDK");
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Places.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        String engine = new File(Layer.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .getPath();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of("-proc:none", "-classpath", engine, "-d", out.toString());
        compiler.getTask(new StringWriter(), null, found, options, null, List.of(file))
                .call();
        return found.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> each.getMessage(Locale.ENGLISH))
                .toList();
    }
}
