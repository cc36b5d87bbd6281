package dev.isthmus.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class CharacterDeviceTest {
    @Test
    void makesTheNumbersOfTheHeaders() {
        // Worked out by a C compiler from xen/gntdev.h and xen/evtchn.h.
        assertThat(CharacterDevice.request('G', 0, 24)).isEqualTo(0x184700);
        assertThat(CharacterDevice.request('G', 8, 16)).isEqualTo(0x104708);
        assertThat(CharacterDevice.request('E', 4, 4)).isEqualTo(0x44504);
    }

    @Test
    void readsAndWrites() throws LinuxException {
        try (Arena arena = Arena.ofConfined(); OwnedFd zero = CharacterDevice.open("/dev/zero", true)) {
            long buffer = arena.allocate(8).address();
            HostMemory.putU64(buffer, -1);
            assertThat(CharacterDevice.read(zero.number(), buffer, 8)).isEqualTo(8);
            assertThat(HostMemory.u64(buffer)).isZero();
            assertThat(CharacterDevice.write(zero.number(), buffer, 8)).isEqualTo(8);
        }
    }

    @Test
    void saysWhatWasNotPossible() throws LinuxException {
        assertThatThrownBy(() -> CharacterDevice.open("/dev/nothing-like-that", false))
                .isInstanceOf(LinuxException.class).hasMessageContaining("/dev/nothing-like-that");
        try (OwnedFd zero = CharacterDevice.open("/dev/zero", false)) {
            assertThatThrownBy(() -> CharacterDevice.ioctl(zero, CharacterDevice.request('G', 0, 24), 0, "map"))
                    .isInstanceOf(LinuxException.class).hasMessageStartingWith("map");
        }
    }
}
