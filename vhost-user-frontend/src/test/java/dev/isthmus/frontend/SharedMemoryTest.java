package dev.isthmus.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.fuzz.ProcessResources;
import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.MemFd;
import org.junit.jupiter.api.Test;

class SharedMemoryTest {

    @Test
    void isWholePagesOfZeroes() throws LinuxException {
        try (SharedMemory memory = SharedMemory.allocate(5000)) {
            assertThat(memory.sizeBytes()).isEqualTo(8192);
            for (long i = 0; i < memory.sizeBytes(); i += 8) {
                assertThat(HostMemory.u64(memory.userAddress() + i)).isZero();
            }
        }
    }

    @Test
    void nobodyCanChangeItsSize() throws LinuxException {
        try (SharedMemory memory = SharedMemory.allocate(8192)) {
            assertThatThrownBy(() -> MemFd.resize(memory.file(), 4096)).isInstanceOf(LinuxException.class);
            assertThatThrownBy(() -> MemFd.resize(memory.file(), 16384)).isInstanceOf(LinuxException.class);
        }
    }

    @Test
    void guestAddressesAreTheUsersUnlessChosen() throws LinuxException {
        try (SharedMemory same = SharedMemory.allocate(4096);
                SharedMemory chosen = SharedMemory.allocate(4096, 0x1_0000_0000L)) {
            assertThat(same.guestAddress()).isEqualTo(same.userAddress());
            assertThat(same.guestAddressOf(same.userAddress() + 7)).isEqualTo(same.userAddress() + 7);
            assertThat(chosen.guestAddress()).isEqualTo(0x1_0000_0000L);
            assertThat(chosen.guestAddressOf(chosen.userAddress() + 7)).isEqualTo(0x1_0000_0007L);
        }
    }

    @Test
    void partsAreAlignedAndEndWithTheRegion() throws LinuxException {
        try (SharedMemory memory = SharedMemory.allocate(4096)) {
            assertThat(memory.take(1, 1)).isEqualTo(memory.userAddress());
            assertThat(memory.take(10, 64)).isEqualTo(memory.userAddress() + 64);
            assertThatThrownBy(() -> memory.take(4096 - 73, 1)).isInstanceOf(IllegalStateException.class);
            assertThat(memory.take(4096 - 74, 1)).isEqualTo(memory.userAddress() + 74);
            assertThat(memory.take(0, 1)).isEqualTo(memory.userAddress() + 4096);
            assertThatThrownBy(() -> memory.take(1, 1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesWhatIsNoRegion() {
        assertThatThrownBy(() -> SharedMemory.allocate(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedMemory.allocate(4096, 100)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedMemory.allocate(4096, -4096)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavesNothingBehind() throws LinuxException {
        ProcessResources before = ProcessResources.now();
        SharedMemory.allocate(4096).close();
        // More than there are addresses: the file can be made, the mapping not.
        assertThatThrownBy(() -> SharedMemory.allocate(1L << 50)).isInstanceOf(LinuxException.class);
        before.expectAgain();
    }
}
