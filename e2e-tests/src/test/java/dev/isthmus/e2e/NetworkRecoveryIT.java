package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A back-end goes and comes back, whoever connects to whom, and a guest's connections live on. */
@Tag("network")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NetworkRecoveryIT {

    @TempDir
    private Path directory;

    @ParameterizedTest(name = "back-end connects: {0}")
    @ValueSource(booleans = {false, true})
    void transfersGoOnAfterEachRestartAndNothingIsLost(boolean client) throws Exception {
        Card card = Card.of("recovery", 0, directory).withQueuePairs(2);
        card = client ? card.asClient() : card;
        Path files = Files.createDirectory(directory.resolve("transfer"));
        try (NetworkNamespace network = NetworkNamespace.create()) {
            network.addHost(card);
            try (NetBackend backend = NetBackend.serve(network, card);
                    Guest guest = Guest.named("recovery", directory).in(network).vcpus(2).card(card).boot()) {
                guest.sh(card.bringUp("eth0"));
                try (NetworkTransfer transfer = NetworkTransfer.start(network, guest, card, files)) {
                    transfer.goesOn();
                    backend.kill();
                    backend.startAgain();
                    transfer.goesOn();
                    assertThat(backend.stop().exitStatus() == 0 || BackendProcess.isPeer()).isTrue();
                    backend.startAgain();
                    transfer.goesOn();
                    transfer.stop();
                }
                guest.sh("/tools/bin/ping -q -c 3 -i 0.02 -W 5 -s 20000 " + card.hostAddress());
            }
        }
    }
}
