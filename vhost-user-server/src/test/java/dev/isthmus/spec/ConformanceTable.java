package dev.isthmus.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The text of docs/conformance.md. */
final class ConformanceTable {
    private static final String VIRTIO = "virtio 1.3, ";
    private static final String HEAD = """
            # Conformance

            Which test shows which clause of a specification to hold. Made from the tests' `@Clause` annotations and
            from `device-requirements.txt` by `ConformanceTest`, which says how to make it again when it differs.

            ## What virtio 1.3 asks of a device

            Every device requirement about split virtqueues, network and block devices, in our words. A requirement that
            does not apply says why.

            | Clause | Asked | Tests |
            |--------|-------|-------|
            """;

    private final List<Requirement> requirements;
    private final Map<String, List<TaggedTest>> tests = new TreeMap<>(Comparator.comparing(ConformanceTable::sortKey));

    ConformanceTable(List<Requirement> requirements, List<TaggedTest> tagged) {
        this.requirements = requirements;
        for (TaggedTest test : tagged) {
            tests.computeIfAbsent(test.clause(), clause -> new ArrayList<>()).add(test);
        }
    }

    /** Clauses that ask something which applies, and have no test. */
    List<String> untested() {
        return requirements.stream().filter(Requirement::applies).map(r -> VIRTIO + r.clause()).distinct()
                .filter(clause -> !tests.containsKey(clause)).toList();
    }

    String markdown() {
        var text = new StringBuilder(HEAD);
        var byClause = new TreeMap<String, List<Requirement>>(Comparator.comparing(ConformanceTable::sortKey));
        for (Requirement r : requirements) {
            byClause.computeIfAbsent(r.clause(), clause -> new ArrayList<>()).add(r);
        }
        byClause.forEach((clause, asked) -> row(text, clause, asked(asked), tests.getOrDefault(VIRTIO + clause, List
                .of())));
        text.append(
                "\n## Other clauses of virtio 1.3\n\nWhat the driver must keep to, and how things are laid out.\n\n");
        rows(text, VIRTIO, byClause.keySet().stream().map(VIRTIO::concat).toList());
        text.append("\n## The vhost-user protocol\n\nBy the titles of its specification.\n\n");
        rows(text, "vhost-user, ", List.of());
        return text.toString();
    }

    private void rows(StringBuilder text, String specification, List<String> shown) {
        text.append("| Clause | Tests |\n|--------|-------|\n");
        tests.forEach((clause, list) -> {
            if (clause.startsWith(specification) && !shown.contains(clause)) {
                text.append("| ").append(clause.substring(specification.length())).append(" | ").append(names(list))
                        .append(" |\n");
            }
        });
    }

    private static void row(StringBuilder text, String clause, String asked, List<TaggedTest> tests) {
        text.append("| ").append(clause).append(" | ").append(asked).append(" | ").append(names(tests)).append(" |\n");
    }

    private static String asked(List<Requirement> requirements) {
        List<String> lines = requirements.stream().map(r -> r.level() + " " + r.text() + (r.applies() ? ""
                : " (*does not apply: " + r.reason() + "*)")).toList();
        return String.join("<br>", lines);
    }

    /** Each class once, as a link, and its tests behind it. */
    private static String names(List<TaggedTest> tests) {
        Map<String, List<String>> byClass = new LinkedHashMap<>();
        for (TaggedTest test : tests) {
            String link = "[" + test.type() + "](../" + test.path() + ")";
            byClass.computeIfAbsent(link, l -> new ArrayList<>()).add(test.method());
        }
        List<String> lines = new ArrayList<>();
        byClass.forEach((link, methods) -> lines.add(link + methods.stream().filter(m -> !m.isEmpty()).sorted()
                .map(m -> " `" + m + "`").reduce("", String::concat)));
        lines.sort(Comparator.naturalOrder());
        return String.join("<br>", lines);
    }

    /** Numbers in a clause count as numbers: 2.7.10 after 2.7.9. */
    private static String sortKey(String clause) {
        return Arrays.stream(clause.split("(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)", -1))
                .map(part -> part.matches("\\d+") ? String.format("%06d", Integer.parseInt(part)) : part)
                .reduce("", String::concat);
    }
}
