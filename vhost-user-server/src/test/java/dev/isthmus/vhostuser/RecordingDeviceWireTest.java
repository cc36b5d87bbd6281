package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.device.VirtioDevice;

class RecordingDeviceWireTest extends WireContract {
    @Override
    protected VirtioDevice device(int queues) {
        return new RecordingDevice("recording", queues);
    }

    @Override
    protected void expectRead(byte[] read, byte[] written) {
        assertThat(read).containsOnly(RecordingDevice.FILL);
    }
}
