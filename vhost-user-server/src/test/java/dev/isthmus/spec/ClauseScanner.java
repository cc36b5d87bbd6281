package dev.isthmus.spec;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Finds {@link Clause} annotations in sources, so that one module's test sees those of all modules. */
final class ClauseScanner extends TreeScanner<Void, Void> {
    private final List<TaggedTest> found = new ArrayList<>();
    private String path = "";
    private String type = "";

    private ClauseScanner() {}

    /** All in these files, which lie below {@code root}. */
    static List<TaggedTest> scan(Path root, List<Path> files) throws IOException {
        var scanner = new ClauseScanner();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources = manager.getJavaFileObjectsFromPaths(files);
            var task = (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null, sources);
            for (CompilationUnitTree unit : task.parse()) {
                scanner.path = root.relativize(Path.of(unit.getSourceFile().toUri())).toString();
                scanner.scan(unit, null);
            }
        }
        return scanner.found;
    }

    @Override
    public Void visitClass(ClassTree node, Void unused) {
        String outer = type;
        type = outer.isEmpty() ? node.getSimpleName().toString() : outer;
        take(node.getModifiers(), "");
        super.visitClass(node, null);
        type = outer;
        return null;
    }

    @Override
    public Void visitMethod(MethodTree node, Void unused) {
        take(node.getModifiers(), node.getName().toString());
        return super.visitMethod(node, null);
    }

    private void take(ModifiersTree modifiers, String method) {
        for (AnnotationTree annotation : modifiers.getAnnotations()) {
            if (annotation.getAnnotationType().toString().equals("Clause")) {
                found.add(new TaggedTest(value(annotation), path, type, method));
            }
        }
    }

    private static String value(AnnotationTree annotation) {
        ExpressionTree argument = annotation.getArguments().get(0);
        ExpressionTree value = argument instanceof AssignmentTree assigned ? assigned.getExpression() : argument;
        if (value instanceof LiteralTree literal) {
            return String.valueOf(literal.getValue());
        }
        throw new IllegalArgumentException("a clause is written as one string: " + annotation);
    }
}
