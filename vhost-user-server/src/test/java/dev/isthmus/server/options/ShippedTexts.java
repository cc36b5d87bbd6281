package dev.isthmus.server.options;

import dev.isthmus.architecture.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What is made of a program's options and shipped beside it: its manual page in packaging/man and its completion in
 * packaging/completion. A test of each program compares, so both say what the program takes.
 */
public final class ShippedTexts {
    private static final String WRITE = "isthmus.shipped.write";

    /** What a failed comparison says. */
    public static final String HOW = "packaging is not what the options say; make it again: the same test with -D"
            + WRITE + "=true";

    private final Program program;
    private final CommandSpec spec;
    private final List<String> subcommands;

    private ShippedTexts(Program program, List<String> subcommands) {
        this.program = program;
        this.spec = ProcessOptions.spec(program);
        this.subcommands = subcommands;
    }

    /** @param subcommands words that the command line may begin with instead of options */
    public static ShippedTexts of(Program program, String... subcommands) {
        return new ShippedTexts(program, List.of(subcommands));
    }

    /** What a file of packaging says; the expected text, too, if it is to be written now. */
    public static String shipped(String file, String expected) throws IOException {
        Path path = SourceTree.root().resolve("packaging").resolve(file);
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(path.getParent());
            Files.writeString(path, expected);
        }
        return Files.readString(path);
    }

    /** In the language of man(7). */
    public String manualPage() {
        var page = new StringBuilder(".TH %s 1 \"\" Isthmus \"User Commands\"%n".formatted(program.name().toUpperCase(
                Locale.ROOT)));
        page.append(".SH NAME\n%s \\- %s%n".formatted(program.name(), roff(spec.usageMessage().description()[0])));
        page.append(".SH SYNOPSIS\n.B %s\n[\\fIOPTION\\fR]...%n".formatted(program.name()));
        for (String subcommand : subcommands) {
            page.append(".br\n.B %s %s\n.B \\-\\-help%n".formatted(program.name(), subcommand));
        }
        page.append(".SH OPTIONS\n");
        for (OptionSpec option : spec.options()) {
            String names = Stream.of(option.names()).map(ShippedTexts::roff).collect(Collectors.joining(", "));
            page.append(".TP\n\\fB%s\\fR%s%n%s%n".formatted(names, option.arity().max() == 0 ? ""
                    : "=\\fI" + roff(option.paramLabel()) + "\\fR", roff(String.join(" ", option.description()))));
        }
        page.append(".SH NOTES\n");
        for (String line : spec.usageMessage().footer()) {
            page.append(line.isEmpty() ? ".PP\n" : roff(line) + "\n");
        }
        return page.append("""
                .SH ENVIRONMENT
                .TP
                .B ISTHMUS_JAVA_OPTS
                more flags for the JVM, separated by blanks
                .TP
                .B ISTHMUS_AOT_CACHE
                the JVM's AOT cache, if it is not beside the jar; empty for none
                """).toString();
    }

    /**
     * A backslash begins a request everywhere; a dot or an apostrophe does at a line's begin; a bare dash is a hyphen.
     */
    private static String roff(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    /** For bash: the options, and files behind those that want one. */
    public String completion() {
        String words = Stream.concat(subcommands.stream(), spec.options().stream().flatMap(option -> Stream.of(option
                .names()).filter(name -> name.startsWith("--")).map(name -> option.arity().max() == 0 ? name : name
                        + "="))).collect(Collectors.joining(" "));
        String function = "_" + program.name().replace('-', '_');
        return """
                # bash completion of %1$s
                %2$s() {
                  local word=${COMP_WORDS[COMP_CWORD]}
                  # Readline takes what is behind an equals sign for a word of its own.
                  if [[ $word = = ]]; then word=; fi
                  if [[ ${COMP_WORDS[COMP_CWORD]} = = || ${COMP_WORDS[COMP_CWORD - 1]} = = ]]; then
                    compopt -o filenames
                    mapfile -t COMPREPLY < <(compgen -f -- "$word")
                  else
                    compopt -o nospace
                    mapfile -t COMPREPLY < <(compgen -W '%3$s' -- "$word")
                  fi
                }
                complete -F %2$s %1$s
                """.formatted(program.name(), function, words);
    }
}
