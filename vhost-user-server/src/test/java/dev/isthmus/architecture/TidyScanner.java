package dev.isthmus.architecture;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of {@link Tidy} that need the syntax tree. Names are not resolved: a type is known by its written name. */
final class TidyScanner extends TreeScanner<@Nullable Void, @Nullable Void> {

    private final String path;
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> faults;

    TidyScanner(String path, CompilationUnitTree unit, SourcePositions positions, List<String> faults) {
        this.path = path;
        this.unit = unit;
        this.positions = positions;
        this.faults = faults;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
        checkLength(method, "method " + method.getName());
        return super.visitMethod(method, unused);
    }

    @Override
    public @Nullable Void visitLambdaExpression(LambdaExpressionTree lambda, @Nullable Void unused) {
        checkLength(lambda, "lambda");
        return super.visitLambdaExpression(lambda, unused);
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
        for (Tree member : type.getMembers()) {
            if (member instanceof BlockTree) {
                checkLength(member, "initializer");
            }
        }
        return super.visitClass(type, unused);
    }

    @Override
    public @Nullable Void visitMemberSelect(MemberSelectTree select, @Nullable Void unused) {
        checkUse(select, select.getExpression().toString(), select.getIdentifier().toString());
        return super.visitMemberSelect(select, unused);
    }

    @Override
    public @Nullable Void visitMemberReference(MemberReferenceTree reference, @Nullable Void unused) {
        checkUse(reference, reference.getQualifierExpression().toString(), reference.getName().toString());
        return super.visitMemberReference(reference, unused);
    }

    @Override
    public @Nullable Void visitIdentifier(IdentifierTree identifier, @Nullable Void unused) {
        if (identifier.getName().contentEquals("Linker")) {
            refuseLinker(identifier);
        }
        return super.visitIdentifier(identifier, unused);
    }

    /** Sees imports, static or not, as well: to the parser they are selections too. */
    private void checkUse(Tree tree, String owner, String name) {
        boolean ofSystem = owner.equals("System") || owner.equals("java.lang.System");
        if (ofSystem && (name.equals("out") || name.equals("err")) && !isApplication()) {
            refuse(tree, "System." + name + " outside an application's package");
        }
        if ((owner.equals("Thread") || owner.equals("java.lang.Thread")) && name.equals("sleep")) {
            refuse(tree, "Thread.sleep: wait for the thing itself");
        }
        if (owner.equals("java.lang.foreign") && name.equals("Linker")) {
            refuseLinker(tree);
        }
    }

    private void refuseLinker(Tree tree) {
        // One class may bind one foreign library in its own package; everything else goes through linux.
        if (!path.contains("/dev/isthmus/linux/") && !path.matches(".*/Lib(xen|rbd)\\w*\\.java")) {
            refuse(tree, "java.lang.foreign.Linker outside linux");
        }
    }

    /** Applications, and what all of them begin with. */
    private boolean isApplication() {
        return path.matches(".*/src/main/java/dev/isthmus/(\\w+/app|server/options)/.*");
    }

    private void checkLength(Tree tree, String what) {
        long lines = line(positions.getEndPosition(unit, tree)) - line(positions.getStartPosition(unit, tree)) + 1;
        if (lines > Tidy.MAX_METHOD_LINES) {
            refuse(tree, what + " has " + lines + " lines, more than " + Tidy.MAX_METHOD_LINES);
        }
    }

    private void refuse(Tree tree, String reason) {
        faults.add(path + ":" + line(positions.getStartPosition(unit, tree)) + ": " + reason);
    }

    private long line(long position) {
        return unit.getLineMap().getLineNumber(position);
    }
}
