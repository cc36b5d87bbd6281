package dev.isthmus.xen.netif;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A card's rate. */
class SendCreditTest {
    private static final long MILLI = 1_000_000;

    @Test
    void readsWhatToolstacksWrite() {
        assertThat(VifRate.parse("62500,50000")).contains(new VifRate(62500, 50000));
        assertThat(VifRate.parse(" 1 , 2 ")).contains(new VifRate(1, 2));
        assertThat(VifRate.parse("0,50000")).contains(VifRate.UNLIMITED);
        assertThat(VifRate.parse("62500,0")).contains(VifRate.UNLIMITED);
        assertThat(VifRate.parse("9999999999999999999,1")).contains(VifRate.UNLIMITED);
        assertThat(VifRate.parse("10Mb/s")).isEmpty();
        assertThat(VifRate.parse("-1,1")).isEmpty();
        assertThat(VifRate.parse("")).isEmpty();
    }

    @Test
    void readsAddresses() {
        assertThat(MacAddress.parse("00:16:3E:01:02:ff").orElseThrow()).hasToString("00:16:3e:01:02:ff");
        assertThat(MacAddress.parse("01:16:3e:01:02:03")).isEmpty();
        assertThat(MacAddress.parse("00:00:00:00:00:00")).isEmpty();
        assertThat(MacAddress.parse("00:16:3e:01:02")).isEmpty();
    }

    @Test
    void letsThroughWhatAPeriodAllowsWhateverTheFrames() {
        SendCredit credit = new SendCredit(new VifRate(100_000, 10_000), 0);
        long sent = 0;
        for (long now = 0; now < 1000 * MILLI; now += MILLI / 10) {
            while (credit.isLeft(now)) {
                credit.spend(65_000);
                sent += 65_000;
            }
        }
        assertThat(sent).isBetween(100 * 100_000L - 65_000, 100 * 100_000L + 131_072);
    }

    @Test
    void whatWasNotUsedIsABurstAndNoMore() {
        SendCredit credit = new SendCredit(new VifRate(10_000, 1000), 0);
        long sent = 0;
        while (credit.isLeft(3600_000 * MILLI)) {
            credit.spend(1000);
            sent += 1000;
        }
        assertThat(sent).isBetween(130_000L, 132_000L);
        assertThat(credit.millisToMore(3600_000 * MILLI)).isBetween(1, 2);
    }

    @Test
    void aRateOfAnySizeNeverOverflows() {
        for (VifRate rate : new VifRate[] {new VifRate(Long.MAX_VALUE, 1), new VifRate(1, 9_999_999_999L),
            VifRate.UNLIMITED}) {
            SendCredit credit = new SendCredit(rate, 0);
            for (long now = 0; now >= 0 && now < Long.MAX_VALUE / 2; now = now * 3 + 1) {
                assertThat(credit.isLeft(now) || rate.bytes() == 1).isTrue();
                credit.spend(100);
            }
        }
    }

    @Test
    void aGuestThatSentAsMuchAsItMayWaitsForTheNextPeriod() throws Exception {
        try (NetGuest guest = new NetGuest(1, false);
                CardRig rig = new CardRig(guest, guest.connection(), new VifRate(1, 3_600_000_000L))) {
            for (int i = 0; i < 3; i++) {
                guest.queue().putFrame(Frames.fromGuest(0x1234, Frames.random(100)), 0, 0, 0);
            }
            guest.queue().pushTx();
            rig.turn();
            assertThat(guest.queue().answers()).containsExactly(0);
            assertThat(rig.counters.rateStalls.get()).isEqualTo(1);
            assertThat(rig.card.awaitGuest()).isFalse();
            assertThat(rig.card.millisToTurn()).isEqualTo(1000);
        }
    }
}
