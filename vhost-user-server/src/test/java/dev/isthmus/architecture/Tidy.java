package dev.isthmus.architecture;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * What the compiler and its plugins do not know about a tidy source file. Parsed by the compiler of the JDK that runs
 * the tests, so that comments, strings and nested bodies are what the language says they are.
 */
final class Tidy {

    /** A file that needs more holds two things. */
    static final int MAX_FILE_LINES = 500;
    /** A method that needs more hides a second one. */
    static final int MAX_METHOD_LINES = 60;
    /** Two files beside each other on one screen. */
    static final int MAX_COLUMNS = 120;

    /** Put together here, or this file would break its own rule. */
    private static final Pattern TODO_WITHOUT_NUMBER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b(?! ?\\(?#\\d)");

    private Tidy() {}

    /**
     * What is wrong with one file.
     *
     * @param path relative to the root of the tree, with slashes; tells main from test code and which package it is
     * @return one line each, with the path and the line's number; empty if the file is tidy
     */
    static List<String> faultsOf(String path, String text) {
        var faults = new ArrayList<String>();
        List<String> lines = text.lines().toList();
        if (lines.size() > MAX_FILE_LINES) {
            faults.add(path + ": " + lines.size() + " lines, more than " + MAX_FILE_LINES);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.codePointCount(0, line.length()) > MAX_COLUMNS) {
                faults.add(path + ":" + (i + 1) + ": more than " + MAX_COLUMNS + " columns");
            }
            if (TODO_WITHOUT_NUMBER.matcher(line).find()) {
                faults.add(path + ":" + (i + 1) + ": a thing to do without a number");
            }
        }
        parse(path, text, faults);
        return faults;
    }

    private static void parse(String path, String text, List<String> faults) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var task = (JavacTask) compiler.getTask(null, null, diagnostic -> faults.add(path + ": " + diagnostic),
                List.of("-proc:none"), null, List.of(new Source(path, text)));
        try {
            for (CompilationUnitTree unit : task.parse()) {
                new TidyScanner(path, unit, Trees.instance(task).getSourcePositions(), faults).scan(unit, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String path, String text) {
            super(URI.create("string:///" + path), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
