package dev.convoke.bindings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.tools.BuildEnabled;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;
import org.bytedeco.javacpp.tools.Logger;
import org.bytedeco.javacpp.tools.Parser;
import org.bytedeco.javacpp.tools.ParserException;

/**
 * Writes the classes {@code Kernels} and {@code CudaKernels} from the headers of the C ABI, with JavaCPP's parser; the build
 * runs it from source before it compiles. A declaration that is added to a header needs nothing else.
 *
 * <p><b>Names.</b> What the header calls it, less the prefix of its library ({@code convoke_cuda_} in {@code CudaKernels},
 * {@code convoke_}), in Java's case:
 *
 * <ul>
 *   <li>functions: {@code convoke_batch_norm_forward} is {@code Kernels.batchNormForward}, {@code
 *       convoke_cuda_max_pool_forward} is {@code CudaKernels.maxPoolForward};
 *   <li>enumerators and numbers that are defined: {@code CONVOKE_LEAKY_RELU} is {@code LEAKY_RELU}, {@code
 *       CONVOKE_CUDA_ABI_VERSION} is {@code CudaKernels.ABI_VERSION};
 *   <li>structs, which lose {@code convoke_} alone: {@code convoke_pooling_shape} is {@code Kernels.PoolingShape}, {@code
 *       convoke_cuda_device} is {@code CudaKernels.CudaDevice};
 *   <li>fields and parameters: {@code learning_rate} is {@code learningRate}. A field {@code unused} is left out.
 * </ul>
 *
 * {@link #NAMES} has those that differ.
 *
 * <p><b>Types.</b> One method for each function. Numbers are Java's of the same width, and a pointer is JavaCPP's for its
 * element: {@code const float*} is {@code FloatPointer}, {@code uint8_t*} is {@code BytePointer}, {@code void*} is {@code
 * Pointer}. In {@code CudaKernels}, whose pointers are device memory, all of them are {@code Pointer}, pointers to structs
 * too, so that nobody reads the device's memory through an accessor. A struct is taken as itself where its comment says
 * {@code host memory}, or that of any function says of such a parameter {@code `name` is host memory} or {@code `name`
 * (host)}.
 *
 * <p><b>Null.</b> A pointer may be null where the comment behind the parameter says {@code or null}; where a sentence of the
 * function's comment says {@code null} and names the parameter in backquotes; where the function of the same name in {@code
 * kernels.h} takes null for it; and where {@link #NULLABLE} says so.
 */
public final class Bindings {
    /** Java names that are not what the rules give. */
    private static final Map<String, String> NAMES = Map.of(
            "CONVOKE_FUSED_CONVOLUTION_GROUP", "FUSED_GROUP",
            "CONVOKE_FUSED_CONVOLUTION_SINGLE_CHANNEL", "SINGLE_CHANNEL",
            "CONVOKE_FUSED_CONVOLUTION_WINOGRAD_2", "WINOGRAD_2",
            "CONVOKE_FUSED_CONVOLUTION_WINOGRAD_4", "WINOGRAD_4");

    /** Parameters that may be null by what the header says elsewhere. */
    private static final Set<String> NULLABLE =
            Set.of("convoke_cuda_relu_max_pool_backward.workspace", "convoke_cuda_first_convolution_forward.codes");

    private static final Library CPU = new Library(
            "Kernels", "KernelLibrary", """
            /**
             * The C ABI of our own CPU kernels, function by function. {@code kernels.h} is its full description: shapes,
             * formulas and what may be null.
             *
             * <p>Tensors are float32 NHWC in native memory that the caller owns, made once for each plan: a call allocates
             * nothing. Sizes are not checked, a wrong one ends the process. Unsigned C integers arrive as Java's signed ones
             * with the same bits. Results have the same bits for every thread count and, but for the fused convolutions,
             * instruction set.
             */
            @Platform(include = {"kernels.h", "cpu/fused_convolution.h"}, link = "convoke_kernels")""", "convoke_", false, List.of("kernels.h", "cpu/fused_convolution.h"));

    private static final Library CUDA =
            new Library("CudaKernels", "CudaKernelLibrary", """
            /**
             * The C ABI of our own CUDA kernels, function by function. {@code cuda_kernels.h} is its full description:
             * shapes, formulas and what may be null.
             *
             * <p>A {@link Pointer} is device memory, or a stream, or memory of the host's where the header says so; a struct
             * is host memory that is read or written before the call returns. Every call queues its work on the stream and
             * returns the CUDA error of the launch, 0 for none, whose text is {@link #errorText}. No call allocates or
             * waits. Sizes are not checked. Calls that are given the same state must not run at the same time.
             */
            @Platform(include = "cuda_kernels.h")""", "convoke_cuda_", true, List.of("cuda_kernels.h"));

    private static final String COMMENT = "/\\*([^*]*+(?:\\*(?!/)[^*]*+)*+)\\*/";
    private static final String HEADERS = "convoke.headers"; // property: their folder
    private static final String MARKED = "abi.h";
    private static final String NULLABLE_MARK = "CONVOKE_NULLABLE";
    private static final String DEVICE_MARK = "_on_device";

    private static final String PACKAGE = "dev.convoke.kernels";
    private static final String PARSED = PACKAGE + ".Parsed";
    private static final String STATIC_LOAD = "    static { Loader.load(); }\n"; // JavaCPP's, in every class

    private Bindings() {}

    /**
     * Writes the classes.
     *
     * @param arguments folder of the headers; root folder of the sources
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[1]).resolve(PACKAGE.replace('.', '/'));
        Files.createDirectories(folder);
        for (Map.Entry<String, String> source : generate(Path.of(arguments[0])).entrySet()) {
            Path file = folder.resolve(source.getKey() + ".java");
            // What is as it was stays untouched, so that nothing is compiled again.
            if (!Files.exists(file) || !Files.readString(file).equals(source.getValue())) {
                Files.writeString(file, source.getValue());
            }
        }
    }

    /** The sources of both classes, by their simple names. */
    static Map<String, String> generate(Path headers) throws IOException {
        Header cpu = Header.read(headers, CPU);
        Header cuda = Header.read(headers, CUDA);
        Map<String, Set<String>> nullable = nullable(cpu, Map.of());
        String kernels = parse(CpuMapper.class, headers, cpu.marked(nullable));
        String cudaKernels = parse(CudaMapper.class, headers, cuda.marked(nullable(cuda, nullable)));
        return Map.of("Kernels", source(CPU, kernels), "CudaKernels", source(CUDA, cudaKernels));
    }

    // Function to its parameters that may be null. `twins` are those of kernels.h.
    private static Map<String, Set<String>> nullable(Header header, Map<String, Set<String>> twins) {
        return header.functions().stream()
                .collect(Collectors.toMap(
                        Function::name,
                        function -> function.parameters().stream()
                                .filter(Parameter::isPointer)
                                .filter(parameter -> function.saysNull(parameter)
                                        || NULLABLE.contains(function.name() + "." + parameter.name())
                                        || twins.getOrDefault(function.name().replace("_cuda_", "_"), Set.of())
                                                .contains(parameter.name()))
                                .map(Parameter::name)
                                .collect(Collectors.toSet())));
    }

    // What JavaCPP's parser makes of a header: the body of a class.
    private static String parse(Class<? extends HeaderMapper> mapper, Path headers, String marked) throws IOException {
        Path folder = Files.createTempDirectory("convoke-bindings");
        try {
            Files.writeString(folder.resolve(MARKED), marked);
            Properties properties = Loader.loadProperties();
            properties.setProperty("platform.includepath", folder.toString());
            properties.setProperty(HEADERS, headers.toString());
            new Parser(new Quiet(), properties, "UTF-8", "\n").parse(folder.toFile(), new String[0], mapper);
            String parsed = Files.readString(folder.resolve(PARSED.replace('.', '/') + ".java"));
            return parsed.substring(parsed.indexOf(STATIC_LOAD) + STATIC_LOAD.length());
        } catch (ParserException e) {
            throw new IOException("JavaCPP's parser cannot read the headers", e);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /**
     * The class as it is compiled. JavaCPP's own way of loading is taken out: JNI initializes the structs while the library
     * loads, and two threads, one in a struct's initializer and one in that of the class, would wait for each other. Structs
     * load the library when they are made instead. And their memory begins as zeros.
     */
    private static String source(Library library, String parsed) {
        String body = parsed.replace(STATIC_LOAD, "")
                .replace("{ super((Pointer)null); allocate", "{ super((Pointer)null); ensureLoaded(); allocate")
                .replace("{ super(p); }", "{ super(p); ensureLoaded(); }")
                .replace("allocate(); }", "allocate(); Pointer.memset(this, 0, sizeof()); }")
                .replace("allocateArray(size); }", "allocateArray(size); Pointer.memset(this, 0, size * sizeof()); }")
                .replaceAll("[ \t]+\n", "\n")
                .replaceAll("\n{3,}", "\n\n");
        if (body.contains("Loader.load")
                || count(body, "{ super(") != count(body, "; ensureLoaded(); ")
                || count(body, "; allocate") != count(body, "; Pointer.memset(")) {
            throw new IllegalStateException("this release of JavaCPP writes structs in another way:\n" + body);
        }
        body = Pattern.compile("^" + COMMENT + "\n(?=public static native|@Name)", Pattern.MULTILINE)
                .matcher(body)
                .replaceAll(comment -> Matcher.quoteReplacement(javadoc(comment.group(1))));
        return """
                // Written by dev.convoke.bindings.Bindings from the headers of the C ABI. Do not edit.
                package dev.convoke.kernels;

                import dev.convoke.kernels.Kernels.*;
                import org.bytedeco.javacpp.*;
                import org.bytedeco.javacpp.annotation.*;
                import org.jspecify.annotations.Nullable;

                %s
                @NoException
                @SuppressWarnings("unchecked") // JavaCPP's overrides
                public final class %s {
                    static { %s.load(); }

                    private %2$s() {}

                    /** Loads the library by loading this class, which the classes inside do not bring about. */
                    private static void ensureLoaded() {}
                """.formatted(library.annotations(), library.className(), library.loader()) + body;
    }

    // The header's comment, line by line.
    private static String javadoc(String comment) {
        String escaped = comment.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("@", "&#64;");
        return escaped.contains("\n")
                ? "/**\n * <pre>" + escaped.replaceFirst("\\s+$", "\n") + " * </pre>\n */\n"
                : "/**" + escaped + "*/\n";
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    /** The Java name of a struct. */
    static String structName(String name) {
        String camel = camel(name.replaceFirst("^convoke_", ""));
        return NAMES.getOrDefault(name, camel.substring(0, 1).toUpperCase(Locale.ROOT) + camel.substring(1));
    }

    /** The Java name of a function. */
    static String functionName(String name, String prefix) {
        return NAMES.getOrDefault(name, camel(name.replaceFirst("^(" + prefix + "|convoke_)", "")));
    }

    /** The Java name of an enumerator or a defined number. */
    static String constantName(String name, String prefix) {
        return NAMES.getOrDefault(name, name.replaceFirst("^(" + prefix.toUpperCase(Locale.ROOT) + "|CONVOKE_)", ""));
    }

    /** {@code learning_rate} as {@code learningRate}. */
    static String camel(String name) {
        return Pattern.compile("_+([a-z0-9])")
                .matcher(name)
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    /** A parameter as the header has it. */
    record Parameter(String type, String name, String comment) {
        private static final Pattern FORM =
                Pattern.compile("\\s*(\\w[\\w\\s*]*?[\\s*])(\\w+)\\s*(?:" + COMMENT + "\\s*)?(?:,|$)");

        static List<Parameter> of(String list) {
            List<Parameter> parameters = new ArrayList<>();
            Matcher matcher = FORM.matcher(list);
            int end = 0;
            while (end < list.length() && matcher.find(end) && matcher.start() == end) {
                parameters.add(new Parameter(
                        matcher.group(1).trim(), matcher.group(2), matcher.group(3) == null ? "" : matcher.group(3)));
                end = matcher.end();
            }
            if (end != list.length() && !list.strip().equals("void")) {
                throw new IllegalArgumentException("parameters of a form that is not known: " + list.substring(end));
            }
            return parameters;
        }

        boolean isPointer() {
            return type.endsWith("*");
        }

        String struct() {
            return type.replaceFirst("^const\\s+", "").replaceFirst("\\s*\\*$", "");
        }
    }

    /** A function as the header has it. */
    record Function(String comment, String type, String name, List<Parameter> parameters) {
        boolean saysNull(Parameter parameter) {
            return parameter.comment().contains("or null")
                    || Pattern.compile("\\. ")
                            .splitAsStream(words())
                            .anyMatch(sentence -> sentence.contains("`" + parameter.name() + "`")
                                    && sentence.matches(".*\\bnull\\b.*"));
        }

        boolean saysHost(Parameter parameter) {
            return Pattern.compile("`" + parameter.name() + "` (is host memory|\\(host\\))")
                    .matcher(words())
                    .find();
        }

        private String words() {
            return comment.replaceAll("\\s+(\\*\\s+)?", " ");
        }
    }

    /**
     * What differs between the classes.
     *
     * @param loader the class that loads the library
     * @param annotations what is written before the class
     * @param prefix of functions; constants have the same in capitals
     * @param device whether pointers are device memory
     */
    record Library(
            String className, String loader, String annotations, String prefix, boolean device, List<String> headers) {}

    /** The declarations of the headers that one class binds. */
    record Header(Library library, String text) {
        private static final Pattern FUNCTION = Pattern.compile(
                "(?:" + COMMENT + "\\s*)?CONVOKE_API\\s+([\\w\\s*]+?)\\s*\\b(convoke_\\w+)\\s*\\((.*?)\\)\\s*;",
                Pattern.DOTALL);
        private static final Pattern STRUCT =
                Pattern.compile("(?:" + COMMENT + "\\s*)?typedef struct (convoke_\\w+) \\{(.*?)\\}", Pattern.DOTALL);
        private static final Pattern FIELD = Pattern.compile("\\b(\\w+)\\s*(?:\\[[^\\]]*\\]\\s*)*[,;]");
        private static final Pattern ENUM = Pattern.compile("\\benum convoke_\\w+ \\{(.*?)\\}", Pattern.DOTALL);
        private static final Pattern ENUMERATOR = Pattern.compile("\\bCONVOKE_\\w+\\b");
        private static final Pattern DEFINED = Pattern.compile("#define (CONVOKE_[A-Z0-9_]+) +[0-9(]");
        private static final Pattern DIRECTIVE = Pattern.compile("^#(?:define (\\w+))?");
        private static final Pattern HANDLE = Pattern.compile("typedef void\\s*\\*\\s*(\\w+)\\s*;");

        static Header read(Path folder, Library library) throws IOException {
            StringBuilder text = new StringBuilder();
            for (String name : library.headers()) {
                text.append(Files.readString(folder.resolve(name)));
            }
            return new Header(library, text.toString());
        }

        List<Function> functions() {
            return all(FUNCTION, text)
                    .map(each -> new Function(
                            each.group(1) == null ? "" : each.group(1),
                            each.group(2),
                            each.group(3),
                            Parameter.of(each.group(4))))
                    .toList();
        }

        List<String> structs() {
            return all(STRUCT, text).map(each -> each.group(2)).toList();
        }

        /** Fields as {@code struct::field}. */
        List<String> fields() {
            return all(STRUCT, text)
                    .flatMap(struct -> all(FIELD, withoutComments(struct.group(3)))
                            .map(field -> struct.group(2) + "::" + field.group(1)))
                    .toList();
        }

        List<String> enumerators() {
            return all(ENUM, text)
                    .flatMap(each -> Stream.of(withoutComments(each.group(1)).split(",")))
                    .flatMap(each -> all(ENUMERATOR, each).limit(1))
                    .map(MatchResult::group)
                    .toList();
        }

        List<String> defined() {
            return all(DEFINED, text).map(each -> each.group(1)).toList();
        }

        /** Names for {@code void*}. */
        List<String> handles() {
            return all(HANDLE, text).map(each -> each.group(1)).toList();
        }

        /**
         * The header as the parser is to read it: parameters that may be null are marked, and so are types of structs in
         * device memory; defined numbers have their Java names, which the parser cannot give them; no other preprocessing.
         */
        String marked(Map<String, Set<String>> nullable) {
            Set<String> onHost = structsOnHost();
            String marked = FUNCTION.matcher(text).replaceAll(each -> {
                Set<String> mayBeNull = nullable.getOrDefault(each.group(3), Set.of());
                String comment = each.group(1) == null ? "" : "/*" + each.group(1) + "*/\n";
                String parameters = Parameter.of(each.group(4)).stream()
                        .map(parameter -> (onDevice(parameter, onHost)
                                        ? parameter.type().replaceFirst("\\s*\\*", DEVICE_MARK + "*")
                                        : parameter.type())
                                + " " + (mayBeNull.contains(parameter.name()) ? NULLABLE_MARK + " " : "")
                                + parameter.name())
                        .collect(Collectors.joining(", "));
                return Matcher.quoteReplacement(
                        comment + each.group(2) + " " + each.group(3) + "(" + parameters + ");");
            });
            List<String> defined = all(DEFINED, text).map(each -> each.group(1)).toList();
            for (String name : defined) {
                marked = marked.replaceAll("\\b" + name + "\\b", constantName(name, library.prefix()));
            }
            Set<String> kept = defined.stream()
                    .map(name -> constantName(name, library.prefix()))
                    .collect(Collectors.toSet());
            return marked.lines()
                    .filter(line -> {
                        Matcher directive = DIRECTIVE.matcher(line);
                        return !directive.find() || kept.contains(directive.group(1));
                    })
                    .collect(Collectors.joining("\n", "", "\n"));
        }

        private Set<String> structsOnHost() {
            Stream<String> byThemselves = all(STRUCT, text)
                    .filter(struct -> struct.group(1) != null && struct.group(1).contains("host memory"))
                    .map(struct -> struct.group(2));
            Stream<String> byFunctions = functions().stream()
                    .flatMap(function -> function.parameters().stream()
                            .filter(function::saysHost)
                            .map(Parameter::struct));
            return Stream.concat(byThemselves, byFunctions).collect(Collectors.toSet());
        }

        private boolean onDevice(Parameter parameter, Set<String> onHost) {
            return library.device()
                    && parameter.isPointer()
                    && parameter.struct().startsWith("convoke_")
                    && !onHost.contains(parameter.struct());
        }

        private static String withoutComments(String code) {
            return code.replaceAll(COMMENT, "");
        }

        private static Stream<MatchResult> all(Pattern pattern, String text) {
            return pattern.matcher(text).results();
        }
    }

    /** Tells JavaCPP's parser names and types; public for the parser, which makes one. */
    public abstract static class HeaderMapper implements InfoMapper, BuildEnabled {
        private final Library library;
        private Path headers = Path.of("");

        HeaderMapper(Library library) {
            this.library = library;
        }

        @Override
        public void init(Logger logger, Properties properties, String encoding) {
            headers = Path.of(properties.getProperty(HEADERS));
        }

        @Override
        public void map(InfoMap infos) {
            Header header;
            try {
                header = Header.read(headers, library);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            types(infos);
            infos.put(new Info(NULLABLE_MARK).annotations("@Nullable"));
            for (Function function : header.functions()) {
                infos.put(new Info(function.name()).javaNames(functionName(function.name(), library.prefix())));
                for (Parameter parameter : function.parameters()) {
                    rename(infos, parameter.name(), camel(parameter.name()));
                    String struct = parameter.struct();
                    if (struct.startsWith("convoke_") && parameter.isPointer()) {
                        infos.put(new Info(struct).pointerTypes(structName(struct)));
                        infos.put(new Info(struct + DEVICE_MARK).pointerTypes("@Cast(\"" + struct + "*\") Pointer"));
                    }
                }
            }
            for (String struct : header.structs()) {
                infos.put(new Info(struct).pointerTypes(structName(struct)));
            }
            for (String field : header.fields()) {
                String name = field.substring(field.indexOf("::") + 2);
                rename(infos, field, camel(name));
                if (name.equals("unused")) {
                    infos.put(new Info(field).skip());
                }
            }
            for (String enumerator : header.enumerators()) {
                infos.put(new Info(enumerator).javaNames(constantName(enumerator, library.prefix())));
            }
            for (String handle : header.handles()) {
                infos.put(new Info(handle).skip().valueTypes("@Cast(\"" + handle + "\") Pointer"));
            }
        }

        // JavaCPP's own renaming, as of Java's keywords, holds for names that stay as they are.
        private static void rename(InfoMap infos, String name, String javaName) {
            if (!name.endsWith(javaName)) {
                infos.put(new Info(name).javaNames(javaName));
            }
        }

        // One Java type for each C type, where JavaCPP would offer buffers and arrays beside its pointer.
        private void types(InfoMap infos) {
            number(infos, "byte", "BytePointer", "int8_t");
            number(infos, "byte", "BytePointer", "uint8_t");
            number(infos, "short", "ShortPointer", "int16_t");
            number(infos, "short", "ShortPointer", "uint16_t");
            number(infos, "int", "IntPointer", "int32_t");
            number(infos, "int", "IntPointer", "uint32_t");
            number(infos, "long", "LongPointer", "int64_t");
            number(infos, "long", "LongPointer", "uint64_t");
            number(infos, "float", "FloatPointer", "float");
            number(infos, "double", "DoublePointer", "double");
            infos.put(new Info("char").cast().valueTypes("byte").pointerTypes("BytePointer"));
            infos.put(new Info("const char")
                    .valueTypes("@Cast(\"const char\") byte")
                    .pointerTypes("@Cast(\"const char*\") String"));
        }

        private void number(InfoMap infos, String value, String pointer, String type) {
            boolean device = library.device();
            Info info = new Info(type).valueTypes(value).pointerTypes(device ? "Pointer" : pointer);
            infos.put(info.cast(device || type.startsWith("u") || type.equals("int64_t")));
        }
    }

    /** For {@code Kernels}. */
    @org.bytedeco.javacpp.annotation.Properties(value = @Platform(include = MARKED), target = PARSED)
    public static final class CpuMapper extends HeaderMapper {
        /** For the parser. */
        public CpuMapper() {
            super(CPU);
        }
    }

    /** For {@code CudaKernels}. */
    @org.bytedeco.javacpp.annotation.Properties(value = @Platform(include = MARKED), target = PARSED)
    public static final class CudaMapper extends HeaderMapper {
        /** For the parser. */
        public CudaMapper() {
            super(CUDA);
        }
    }

    /** Says only what is wrong. */
    private static final class Quiet extends Logger {
        @Override
        public void info(String message) {}
    }
}
