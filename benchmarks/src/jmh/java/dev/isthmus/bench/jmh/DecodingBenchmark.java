package dev.isthmus.bench.jmh;

import dev.isthmus.vhostuser.MessageDecoder;
import dev.isthmus.vhostuser.MessageHeader;
import dev.isthmus.vhostuser.Negotiated;
import dev.isthmus.vhostuser.ProtocolViolation;
import dev.isthmus.vhostuser.Request;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Messages of the control socket, from bytes to records. Numbers are those of the vhost-user specification. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodingBenchmark {
    private static final int GET_FEATURES = 1;
    private static final int SET_VRING_ADDR = 9;
    private static final int VERSION = 1;
    private static final int VRING_ADDR_BYTES = 40;

    private final Negotiated negotiated = Negotiated.nothing(1L << 32, 1);
    private final MessageHeader getFeatures = new MessageHeader(GET_FEATURES, VERSION, 0);
    private final MessageHeader setVringAddr = new MessageHeader(SET_VRING_ADDR, VERSION, VRING_ADDR_BYTES);
    private final byte[] nothing = {};
    private final byte[] addresses = ByteBuffer.allocate(VRING_ADDR_BYTES).order(ByteOrder.nativeOrder()).putInt(0)
            .putInt(0).putLong(0x1000).putLong(0x2000).putLong(0x3000).putLong(0).array();

    /** The shortest. */
    @Benchmark
    public Request getFeatures() throws ProtocolViolation {
        return MessageDecoder.decode(getFeatures, nothing, List.of(), negotiated);
    }

    /** Of several fields. */
    @Benchmark
    public Request setVringAddr() throws ProtocolViolation {
        return MessageDecoder.decode(setVringAddr, addresses, List.of(), negotiated);
    }
}
