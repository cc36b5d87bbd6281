package dev.isthmus.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetInterfaceTest {
    private static final NetInterface LOOPBACK = new NetInterface("lo");
    private static final NetInterface NONE = new NetInterface("no-such-if");

    @Test
    void loopbackIsThereInEveryNamespace() throws LinuxException {
        assertThat(LOOPBACK.exists()).isTrue();
        assertThat(LOOPBACK.index()).isPositive();
        assertThat(LOOPBACK.mtu()).isGreaterThanOrEqualTo(1500);
    }

    @Test
    void interfaceThatIsNotThereHasNoProperties() {
        assertThat(NONE.exists()).isFalse();
        assertThatExceptionOfType(LinuxException.class).isThrownBy(NONE::mtu)
                .withMessageStartingWith("no-such-if: ask for the MTU: ")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV));
        assertThatExceptionOfType(LinuxException.class).isThrownBy(NONE::isUp);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "a/b", "a:1", "sixteen-bytes-ab", "ü-ü-ü-ü-ü-ü"})
    void nameTheKernelWouldRefuseIsNone(String name) {
        assertThat(NetInterface.isName(name)).isFalse();
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new NetInterface(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "vm1-eth0", "fifteen-bytes-a", "tap%d"})
    void otherNamesAreFine(String name) {
        assertThat(NetInterface.isName(name)).isTrue();
    }
}
