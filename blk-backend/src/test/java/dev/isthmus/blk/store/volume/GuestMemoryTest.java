package dev.isthmus.blk.store.volume;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.isthmus.blk.store.StoreRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Memory whose file was cut off kills the process inside native code: RocksDB never gets an address of a guest's. */
class GuestMemoryTest {
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target", "classes", "dev",
            "isthmus", "blk", "store", "volume"));

    @Test
    void onlyTheCursorKnowsWhereItIs() {
        noClasses().that().doNotHaveSimpleName("GuestCursor").should().callMethod(StoreRequest.class, "iovecAddress")
                .check(CLASSES);
    }

    @Test
    void theCursorKnowsNoRocksDb() {
        noClasses().that().haveSimpleName("GuestCursor").should().dependOnClassesThat().resideInAPackage(
                "org.rocksdb..").check(CLASSES);
    }
}
