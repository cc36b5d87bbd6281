package dev.isthmus.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.isthmus.linux.FileIo;
import dev.isthmus.linux.FileStatus;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.MemFd;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.memory.MemoryException.Rule;
import dev.isthmus.spec.Clause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of the memory table, and what is left after one is broken. */
class MemoryTableTest {
    private static final long PAGE = 4096;
    private static final long FILE = 16 * PAGE;

    private final MemoryTable table = new MemoryTable(false);
    private OwnedFd file;

    @BeforeEach
    void make() throws LinuxException {
        file = MemFd.create("table", FILE);
    }

    @AfterEach
    void free() {
        table.close();
        file.close();
    }

    private static MemoryRegionDescription region(long guest, long size, long user, long offset) {
        return new MemoryRegionDescription(guest, size, user, offset);
    }

    private void expectRefused(Rule rule, MemoryRegionDescription description) {
        GuestMemory before = table.current();
        assertThatExceptionOfType(MemoryException.class).isThrownBy(() -> table.add(description, file))
                .satisfies(e -> assertThat(e.rule()).isEqualTo(rule));
        assertThat(table.current().regionCount()).isEqualTo(before.regionCount());
    }

    @Clause("vhost-user, Memory region description")
    @Test
    void regionsOfNoBytesAreRefused() {
        expectRefused(Rule.SIZE_ZERO, region(0, 0, 0, 0));
    }

    @Clause("vhost-user, Memory region description")
    @ParameterizedTest
    @CsvSource({"-4095, 4096, 0, 0", "0, 4096, -1, 0", "0, 4096, 0, -4095", "0, -1, 0, 0",
        "0, -9223372036854775808, 0, 0", "1, -1, 0, 0"})
    void regionsBeyondTheAddressSpaceAreRefused(long guest, long size, long user, long offset) {
        expectRefused(Rule.ADDRESS_OVERFLOW, region(guest, size, user, offset));
    }

    @Clause("vhost-user, Memory region description")
    @Test
    void regionsMayEndWhereTheAddressSpaceEnds() throws MemoryException {
        table.add(region(-PAGE, PAGE, -PAGE, 0), file);

        assertThat(table.current().hostAddress(-1L, 1)).isNotZero();
        assertThat(table.current().hostAddressOfUser(-1L, 1)).isNotZero();
    }

    @Clause("vhost-user, VHOST_USER_ADD_MEM_REG")
    @ParameterizedTest
    @CsvSource({"4096, 900000", "8191, 900000", "1, 900000", "12287, 900000", "0, 900000", "900000, 69632",
        "900000, 65537", "900000, 73727"})
    void regionsThatOverlapInGuestOrUserAddressesAreRefused(long guest, long user) throws MemoryException {
        table.add(region(4096, 8192, 65536 + 4096, 0), file);
        expectRefused(Rule.OVERLAP, region(guest, 8192, user, 0));
    }

    @Test
    void regionsMayTouch() throws MemoryException {
        table.add(region(PAGE, PAGE, PAGE, 0), file);
        table.add(region(2 * PAGE, PAGE, 0, 0), file);
        table.add(region(0, PAGE, 2 * PAGE, 0), file);

        assertThat(table.current().regionCount()).isEqualTo(3);
    }

    @Clause("vhost-user, Memory region description")
    @ParameterizedTest
    @CsvSource({"65537, 0", "65536, 1", "1, 65536", "4096, 61441", "1, 9223372036854775807", "4611686018427387904, 0"})
    void regionsLargerThanTheirFileAreRefused(long size, long offset) {
        expectRefused(Rule.LARGER_THAN_FILE, region(0, size, 0, offset));
    }

    @ParameterizedTest
    @CsvSource({"65536, 0", "1, 65535", "4096, 1", "100, 4097", "8192, 5000"})
    void regionsMayBeginAndEndAnywhereInTheirFile(long size, long offset) throws Exception {
        table.add(region(0, size, 0, offset), file);
        table.add(region(1 << 20, FILE, 1 << 20, 0), file);
        long whole = table.current().hostAddress(1L << 20, FILE);
        HostMemory.putU8(whole + offset, 0x5a);
        HostMemory.putU8(whole + offset + size - 1, 0x5b);

        long host = table.current().hostAddress(0L, size);
        assertThat(HostMemory.u8(host + size - 1)).isEqualTo(0x5b);
        assertThat(HostMemory.u8(host)).isEqualTo(size == 1 ? 0x5b : 0x5a);
    }

    /** A source file of this tree is on a disk, whatever the temporary directory is on. */
    @Test
    void filesThatAreNoSharedMemoryAreRefusedWithAdvice() throws LinuxException {
        try (OwnedFd other = FileIo.open("pom.xml", true, false)) {
            assumeThat(FileStatus.of(other).isSharedMemory()).isFalse();
            assertThatExceptionOfType(MemoryException.class).isThrownBy(() -> table.add(region(0, 1, 0, 0), other))
                    .withMessageContaining("start QEMU with share=on")
                    .satisfies(e -> assertThat(e.rule()).isEqualTo(Rule.NOT_SHARED_MEMORY));
        }
    }

    @Test
    void filesThatCannotBeMappedSharedAndWritableAreRefusedWithAdvice() throws LinuxException {
        try (OwnedFd readOnly = FileIo.open("/proc/self/fd/" + file.number(), true, false)) {
            assertThatExceptionOfType(MemoryException.class)
                    .isThrownBy(() -> table.add(region(0, PAGE, 0, 0), readOnly))
                    .withMessageContaining("start QEMU with share=on")
                    .satisfies(e -> assertThat(e.rule()).isEqualTo(Rule.NOT_MAPPABLE));
        }
    }

    @Test
    void otherFilesAreTakenWhenTheOperatorSaysSo(@TempDir Path directory) throws Exception {
        Path path = Files.write(directory.resolve("memory"), new byte[(int) PAGE]);
        try (MemoryTable any = new MemoryTable(true); OwnedFd other = FileIo.open(path.toString(), false, false)) {
            any.add(region(0, PAGE, 0, 0), other);
            assertThat(any.current().regionCount()).isEqualTo(1);
        }
    }

    @Clause("vhost-user, VHOST_USER_GET_MAX_MEM_SLOTS")
    @Test
    void fiveHundredAndTwelveRegionsAreTakenAndNoMore() throws MemoryException {
        for (long i = 0; i < 512; i++) {
            table.add(region(i * 2 * PAGE, PAGE, i * PAGE, i % 16 * PAGE), file);
        }
        GuestMemory memory = table.current();
        for (long i = 0; i < 512; i++) {
            assertThat(memory.hostAddress(i * 2 * PAGE, PAGE)).isNotZero();
            assertThat(memory.hostAddress((i * 2 + 1) * PAGE, 1)).isZero();
        }
        expectRefused(Rule.TOO_MANY, region(1L << 40, PAGE, 1L << 40, 0));
    }

    @Clause("vhost-user, VHOST_USER_SET_MEM_TABLE")
    @Test
    void replacingIsAllOrNothing() throws MemoryException {
        table.replace(List.of(region(0, PAGE, 0, 0)), List.of(file));
        List<MemoryRegionDescription> bad = new ArrayList<>(List.of(region(1 << 20, PAGE, 0, 0), region(2 << 20, FILE
                + 1, PAGE, 0)));

        assertThatExceptionOfType(MemoryException.class).isThrownBy(() -> table.replace(bad, List.of(file, file)));

        assertThat(table.current().regionCount()).isEqualTo(1);
        assertThat(table.current().hostAddress(0L, PAGE)).isNotZero();
        assertThat(table.hasRetired()).isFalse();
    }

    @Clause("vhost-user, VHOST_USER_SET_MEM_TABLE")
    @Test
    void replacedRegionsStayMappedUntilTheyAreLetGo() throws MemoryException {
        table.replace(List.of(region(0, PAGE, 0, 0)), List.of(file));
        long old = table.current().hostAddress(0L, PAGE);
        HostMemory.putU8(old, 7);

        table.replace(List.of(region(0, 2 * PAGE, 0, 0)), List.of(file));

        assertThat(table.hasRetired()).isTrue();
        assertThat(HostMemory.u8(old)).isEqualTo(7);
        assertThat(HostMemory.u8(table.current().hostAddress(0L, 1))).isEqualTo(7);
        table.unmapRetired();
        assertThat(table.hasRetired()).isFalse();
    }

    @Clause("vhost-user, VHOST_USER_REM_MEM_REG")
    @Test
    void regionsAreRemovedByGuestAddressUserAddressAndSizeWhateverTheOffset() throws MemoryException {
        table.add(region(PAGE, PAGE, 5 * PAGE, 2 * PAGE), file);

        for (MemoryRegionDescription other : List.of(region(0, PAGE, 5 * PAGE, 2 * PAGE), region(PAGE, 1, 5 * PAGE, 2
                * PAGE), region(PAGE, PAGE, PAGE, 2 * PAGE))) {
            assertThatExceptionOfType(MemoryException.class).isThrownBy(() -> table.remove(other))
                    .satisfies(e -> assertThat(e.rule()).isEqualTo(Rule.UNKNOWN_REGION));
        }
        table.remove(region(PAGE, PAGE, 5 * PAGE, 0));

        assertThat(table.current().regionCount()).isZero();
        assertThat(table.hasRetired()).isTrue();
    }

    @Test
    void snapshotsDoNotChange() throws MemoryException {
        GuestMemory before = table.current();
        table.add(region(0, PAGE, 0, 0), file);

        assertThat(before.regionCount()).isZero();
        assertThat(table.current().regionCount()).isEqualTo(1);
    }
}
