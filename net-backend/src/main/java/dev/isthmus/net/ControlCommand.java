package dev.isthmus.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Commands of the control queue: virtio 1.3, 5.1.6.5; {@code linux/virtio_net.h}. What is not offered is refused.
 *
 * <p>Receive modes and the table of addresses are answered and make no difference: filtering may be imperfect
 * (5.1.6.5.2), and what comes in by an interface of its own is the guest's.
 */
final class ControlCommand {
    private static final int CLASS_RX = 0;
    private static final int RX_PROMISC = 0;
    private static final int RX_ALLMULTI = 1;
    private static final int CLASS_MAC = 1;
    private static final int MAC_TABLE_SET = 0;
    private static final int MAC_ADDR_SET = 1;
    private static final int CLASS_ANNOUNCE = 3;
    private static final int ANNOUNCE_ACK = 0;
    private static final int CLASS_MQ = 4;
    private static final int MQ_VQ_PAIRS_SET = 0;

    static final int HEADER_BYTES = 2;

    private final NetDevice device;
    private final long features;

    ControlCommand(NetDevice device, long features) {
        this.device = device;
        this.features = features;
    }

    /**
     * Carries a command out.
     *
     * @param command class, command and data
     * @return whether it is answered OK
     */
    boolean run(byte[] command) {
        ByteBuffer data = ByteBuffer.wrap(command).order(ByteOrder.LITTLE_ENDIAN);
        int type = Byte.toUnsignedInt(data.get());
        int number = Byte.toUnsignedInt(data.get());
        return switch (type) {
            case CLASS_RX -> has(NetFeatures.CTRL_RX) && (number == RX_PROMISC || number == RX_ALLMULTI)
                    && data.remaining() == 1;
            case CLASS_MAC -> mac(number, command, data);
            case CLASS_ANNOUNCE -> has(NetFeatures.GUEST_ANNOUNCE) && number == ANNOUNCE_ACK && !data.hasRemaining();
            case CLASS_MQ -> has(NetFeatures.MQ) && number == MQ_VQ_PAIRS_SET && pairs(data);
            default -> false;
        };
    }

    private boolean has(long feature) {
        return (features & feature) != 0;
    }

    private boolean mac(int number, byte[] command, ByteBuffer data) {
        if (number == MAC_ADDR_SET && has(NetFeatures.CTRL_MAC_ADDR) && data.remaining() == NetConfig.MAC_BYTES) {
            device.mac(Arrays.copyOfRange(command, HEADER_BYTES, command.length));
            return true;
        }
        return number == MAC_TABLE_SET && has(NetFeatures.CTRL_RX) && table(data) && table(data)
                && !data.hasRemaining();
    }

    /** Whether a table is as long as it says: unicast addresses, then multicast ones. */
    private static boolean table(ByteBuffer data) {
        if (data.remaining() < Integer.BYTES) {
            return false;
        }
        long bytes = Integer.toUnsignedLong(data.getInt()) * NetConfig.MAC_BYTES;
        if (bytes > data.remaining()) {
            return false;
        }
        data.position(data.position() + (int) bytes);
        return true;
    }

    private boolean pairs(ByteBuffer data) {
        if (data.remaining() != Short.BYTES) {
            return false;
        }
        int wanted = Short.toUnsignedInt(data.getShort());
        boolean possible = wanted >= 1 && wanted <= device.queuePairs();
        if (possible) {
            device.activePairs(wanted);
        }
        return possible;
    }
}
