package dev.isthmus.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.isthmus.linux.HostMemory;
import dev.isthmus.linux.NativeHeap;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrantCopiesTest {
    private final FakeXen xen = new FakeXen();
    private final FakeDomain domain = xen.newDomain(5, 4);
    private final FakeGrantTable table = xen.openGrantTable();
    private final GrantCopies copies = GrantCopies.withRoomFor(3);
    private final long own = NativeHeap.allocate(4096);

    @AfterEach
    void close() {
        copies.close();
        NativeHeap.free(own);
        xen.close();
    }

    @Test
    void copiesFromAGrantedPage() {
        HostMemory.fill(domain.page(1) + 512, 1024, 0x5a);
        int copy = copies.fromGrant(5, domain.grant(1, false), 512, own, 1024);

        table.copy(copies);

        assertThat(copies.status(copy)).isEqualTo(GrantCopies.OKAY);
        assertThat(HostMemory.u8(own + 1023)).isEqualTo(0x5a);
    }

    @Test
    void copiesToAGrantedPage() {
        HostMemory.fill(own, 4096, 0x77);
        int copy = copies.toGrant(5, domain.grant(2, true), 0, own, 4096);

        table.copy(copies);

        assertThat(copies.status(copy)).isEqualTo(GrantCopies.OKAY);
        assertThat(HostMemory.u8(domain.page(2) + 4095)).isEqualTo(0x77);
        assertThat(HostMemory.u8(domain.page(3))).isZero();
    }

    @Test
    void saysOfEachCopyHowItWent() {
        int readable = domain.grant(0, false);
        int refused = copies.toGrant(5, readable, 0, own, 16);
        int unknown = copies.fromGrant(5, -2, 0, own, 16);
        int fine = copies.fromGrant(5, readable, 0, own, 16);

        table.copy(copies);

        assertThat(copies.status(refused)).isEqualTo(-8);
        assertThat(copies.status(unknown)).isEqualTo(-3);
        assertThat(copies.status(fine)).isEqualTo(GrantCopies.OKAY);
    }

    @Test
    void copiesNothingOfADomainThatIsGone() {
        int copy = copies.fromGrant(5, domain.grant(0, false), 0, own, 16);
        xen.destroy(domain);

        table.copy(copies);

        assertThat(copies.status(copy)).isEqualTo(-2);
        domain.close();
    }

    @Test
    void isNotDoneBeforeItWasCopied() {
        int copy = copies.fromGrant(5, domain.grant(0, false), 0, own, 16);

        assertThat(copies.status(copy)).isEqualTo(GrantCopies.GENERAL_ERROR);
    }

    @Test
    void refusesWhatLeavesThePageOrTheBatch() {
        assertThatThrownBy(() -> copies.fromGrant(5, 8, 4000, own, 97)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> copies.fromGrant(5, 8, 0, own, 0)).isInstanceOf(IllegalStateException.class);
        for (int i = 0; i < 3; i++) {
            copies.fromGrant(5, 8, 0, own, 1);
        }
        assertThat(copies.room()).isZero();
        assertThatThrownBy(() -> copies.fromGrant(5, 8, 0, own, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void mappedPagesAreTheDomainsOwn() throws IOException {
        int[] references = domain.grantAll(1, 2);
        try (GrantMapping mapping = table.map(5, references)) {
            HostMemory.putU8(mapping.address() + 4096, 9);
            assertThat(mapping.sizeBytes()).isEqualTo(8192);
            assertThat(HostMemory.u8(domain.page(2))).isEqualTo(9);
            assertThat(domain.mappings()).isEqualTo(2);
            assertThat(domain.revoke(references[0])).isFalse();
        }
        assertThat(domain.mappings()).isZero();
        assertThat(domain.revoke(references[0])).isTrue();
    }

    @Test
    void mapsNothingWhenOneReferenceIsWrong() {
        int granted = domain.grant(0, true);
        assertThatThrownBy(() -> table.map(5, new int[] {granted, 77})).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> table.map(6, new int[] {granted})).isInstanceOf(IOException.class);
        assertThat(domain.mappings()).isZero();
    }
}
