package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** QEMU listens and the back-end connects: before QEMU is there, after it, and whenever one of them comes back. */
@Tag("recovery")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientRoleIT {

    private static final String MARK = "dd if=/dev/zero bs=4k count=1 2> /dev/null | tr '\\0' x"
            + " | dd of=/dev/vda bs=4k seek=9000 oflag=direct 2> /dev/null";
    private static final String READ_MARK = "dd if=/dev/vda bs=4k skip=9000 count=1 iflag=direct 2> /dev/null"
            + " | tr -d x | wc -c";

    @TempDir
    private Path directory;

    @Test
    void frontendsAndBackendsMayComeAndGoInAnyOrder() throws Exception {
        Disk disk = Disk.of("client", directory, Images.sparse(directory.resolve("disk.img"), 64 * Images.MEBIBYTE))
                .withQueues(2).asClient();
        BackendProcess backend = BackendProcess.serve("client", disk);
        try {
            awaitState(backend, "connecting");
            try (Guest guest = Guest.named("client", directory).vcpus(2).disk(disk).boot()) {
                guest.sh(MARK);
                VerifiedLoad load = VerifiedLoad.start(guest, "vda");
                assertThat(backend.stop().exitStatus()).isZero();
                backend = BackendProcess.serve("client", disk);
                load.goesOn();
                backend.close(); // SIGKILL
                backend = BackendProcess.serve("client", disk);
                load.goesOn();
                load.stop();
            }
            awaitState(backend, "connecting");
            try (Guest guest = Guest.named("client-again", directory).disk(disk).boot()) {
                assertThat(guest.sh(READ_MARK)).isEqualTo("0");
            }
            awaitState(backend, "connecting");
            assertThat(backend.stop().exitStatus()).isZero();
        } finally {
            backend.close();
        }
    }

    private static void awaitState(BackendProcess backend, String state) throws Exception {
        String wanted = "\"connection\":\"" + state + "\"";
        long begin = System.nanoTime();
        while (!backend.log().contains("management listens")
                || !backend.management().get("/devices/client").replace(" ", "").contains(wanted)) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(30)) {
                throw new AssertionError("not " + state + ": " + backend.log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
