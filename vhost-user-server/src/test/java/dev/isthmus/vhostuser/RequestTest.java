package dev.isthmus.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.isthmus.linux.EventFd;
import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import dev.isthmus.spec.Clause;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestTest {
    private static final Negotiated ALL = Sessions.everythingNegotiated(1);
    private static final Negotiated WITHOUT_REPLY_ACK = ALL.withProtocolFeatures(~(1L << 3));

    private static Request request(FrontendRequest kind, FrontendMessage message, boolean needReply) {
        return new Request(kind, message, needReply, List.of());
    }

    @Clause("vhost-user, VHOST_USER_PROTOCOL_F_REPLY_ACK")
    @Test
    void acknowledgementIsWantedIfAskedForAndNegotiated() {
        var asking = request(FrontendRequest.SET_OWNER, new FrontendMessage.SetOwner(), true);
        assertThat(asking.wantsReply(ALL)).isTrue();
        assertThat(asking.wantsReply(WITHOUT_REPLY_ACK)).isFalse();
        var silent = request(FrontendRequest.SET_OWNER, new FrontendMessage.SetOwner(), false);
        assertThat(silent.wantsReply(ALL)).isFalse();
    }

    @Clause("vhost-user, Communication")
    @Test
    void requestWithAReplyOfItsOwnIsAlwaysAnswered() {
        var get = new FrontendMessage.GetFeatures();
        assertThat(request(FrontendRequest.GET_FEATURES, get, false).wantsReply(WITHOUT_REPLY_ACK)).isTrue();
        assertThat(request(FrontendRequest.GET_FEATURES, get, true).wantsReply(ALL)).isTrue();
    }

    @Test
    void descriptorIsTakenOnce() throws LinuxException {
        try (OwnedFd fd = EventFd.create(); OwnedFd foreign = EventFd.create()) {
            try (var request = new Request(FrontendRequest.SET_BACKEND_REQ_FD, new FrontendMessage.SetBackendReqFd(fd),
                    false, List.of(fd))) {
                assertThatIllegalStateException().isThrownBy(() -> request.take(foreign));
                assertThat(request.take(fd)).isSameAs(fd);
                assertThatIllegalStateException().isThrownBy(() -> request.take(fd));
            }
            assertThat(fd.number()).isNotNegative();
        }
    }

    @Test
    void negotiationStartsWithNothingAndKeepsTheLast() {
        Negotiated start = Negotiated.nothing(Sessions.OFFERED, 2);
        assertThat(start.has(ProtocolFeature.MQ)).isFalse();
        assertThat(start.offersProtocolFeatures()).isTrue();
        assertThat(start.hasProtocolFeatures()).isFalse();
        Negotiated later = start.withProtocolFeatures(1).withFeatures(1L << 30);
        assertThat(later.has(ProtocolFeature.MQ)).isTrue();
        assertThat(later.hasProtocolFeatures()).isTrue();
        assertThat(later).isEqualTo(new Negotiated(Sessions.OFFERED, true, 1L << 30, 1, 2));
    }

    @Test
    void deviceHasOneTo256Queues() {
        assertThatIllegalArgumentException().isThrownBy(() -> Negotiated.nothing(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Negotiated.nothing(0, 257));
    }
}
