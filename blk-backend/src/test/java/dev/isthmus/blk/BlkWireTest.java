package dev.isthmus.blk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.blk.store.MemoryStore;
import dev.isthmus.device.VirtioDevice;
import dev.isthmus.vhostuser.WireContract;
import java.io.IOException;

class BlkWireTest extends WireContract {
    @Override
    protected VirtioDevice device(int queues) throws IOException {
        return BlkDevice.create("disk", new BlkDeviceOptions("serial", queues, null), MemoryStore.open("disk", 8
                << 20));
    }

    @Override
    protected void expectRead(byte[] read, byte[] written) {
        assertThat(read).isEqualTo(written);
    }
}
