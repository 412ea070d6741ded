import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares the tables of docs/reliability.md with what the tests counted when they last ran in this tree.
 *
 * <pre>
 * java bench/reliability/Table.java           compares; exit code 1 if a count differs or a test failed
 * java bench/reliability/Table.java --write   writes the counts into the page
 * </pre>
 *
 * <p>A row is "| case | tested | result | command |". Tests print "tested: CASE: COUNT" after all of CASE passed. A row whose
 * case no test prints has the number of test cases of the classes in its command. Rows of tests that did not run in this tree
 * are reported and not compared.
 */
final class Table {
    private static final Path PAGE = Path.of("docs/reliability.md");
    private static final Pattern ROW =
            Pattern.compile("\\| (?<case>[^|]+?) \\| (?<tested>[0-9,]+) \\| (?<result>[^|]+?) \\| (?<command>[^|]+?) \\|");
    private static final Pattern PRINTED = Pattern.compile("(?m)(?:^|\\[CDATA\\[)tested: (?<case>.+): (?<count>[0-9]+)(?=$|\\]\\])");
    private static final Pattern SUITE = Pattern.compile("<testsuite [^>]*>");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\b(?<name>name|tests|errors|skipped|failures)=\"(?<value>[^\"]*)\"");
    private static final Pattern CLASS = Pattern.compile("\\b[A-Z][A-Za-z]*Test\\b");

    private final Map<String, Long> printed = new TreeMap<>();
    private final Map<String, Long> cases = new TreeMap<>();
    private final List<String> errors = new ArrayList<>();

    public static void main(String[] arguments) throws IOException {
        boolean write = List.of(arguments).contains("--write");
        Table table = new Table();
        table.readReports();
        List<String> lines = Files.readAllLines(PAGE);
        List<String> compared = table.compare(lines);
        if (write) {
            Files.write(PAGE, compared);
        } else {
            table.errors.forEach(System.err::println);
        }
        System.exit(write || table.errors.isEmpty() ? 0 : 1);
    }

    private void readReports() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(""))) {
            for (Path file : files.filter(Table::isReport).toList()) {
                read(Files.readString(file));
            }
        }
    }

    private static boolean isReport(Path file) {
        Path folder = file.getParent();
        return folder != null
                && folder.endsWith("target/surefire-reports")
                && file.getFileName().toString().matches("TEST-.*\\.xml");
    }

    private void read(String report) {
        Matcher suite = SUITE.matcher(report);
        if (!suite.find()) {
            return;
        }
        Map<String, String> attributes = new TreeMap<>();
        for (Matcher attribute = ATTRIBUTE.matcher(suite.group()); attribute.find(); ) {
            attributes.putIfAbsent(attribute.group("name"), attribute.group("value"));
        }
        String name = attributes.get("name");
        long failed = Long.parseLong(attributes.get("errors")) + Long.parseLong(attributes.get("failures"));
        if (failed > 0) {
            errors.add(name + ": " + failed + " failed");
        }
        cases.put(
                name.substring(name.lastIndexOf('.') + 1),
                Long.parseLong(attributes.get("tests")) - Long.parseLong(attributes.get("skipped")) - failed);
        for (Matcher line = PRINTED.matcher(report); line.find(); ) {
            printed.put(line.group("case").strip(), Long.parseLong(line.group("count")));
        }
    }

    private List<String> compare(List<String> lines) {
        List<String> all = new ArrayList<>();
        for (String line : lines) {
            Matcher row = ROW.matcher(line);
            if (!row.matches()) {
                all.add(line);
                continue;
            }
            Long counted = count(row.group("case"), row.group("command"));
            long stated = Long.parseLong(row.group("tested").replace(",", ""));
            String state = counted == null ? "not run here" : counted == stated ? "as counted" : "counted " + counted;
            System.out.printf("%-64s %9s  %-14s %s%n", row.group("case"), row.group("tested"), row.group("result"), state);
            if (counted != null && counted != stated) {
                errors.add(PAGE + ": '" + row.group("case") + "': is " + stated + " on the page, the tests counted " + counted
                        + "; java bench/reliability/Table.java --write");
                line = line.replace(
                        "| " + row.group("tested") + " |", "| " + String.format(Locale.ROOT, "%,d", counted) + " |");
            }
            all.add(line);
        }
        return all;
    }

    /** Null if no test of the row ran here. */
    private Long count(String title, String command) {
        if (printed.containsKey(title)) {
            return printed.get(title);
        }
        // A long run has its own row; the reports in the tree may be those of the short run.
        if (command.contains("-Dconvoke.")) {
            return null;
        }
        Long sum = null;
        for (Matcher name = CLASS.matcher(command); name.find(); ) {
            Long count = cases.get(name.group());
            sum = count == null ? sum : Long.valueOf(count + (sum == null ? 0 : sum));
        }
        return sum;
    }
}
