package dev.isthmus.blk.store.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeHeaderTest {
    private static VolumeHeader header() throws VolumeException {
        return VolumeHeader.create(1L << 40, 4096, Compression.LZ4);
    }

    private static VolumeHeader with(VolumeHeader header, String key, String value) {
        return new VolumeHeader(header.id(), header.blockBytes(), header.sizeBytes(), header.compression(),
                header.data(), header.created(), Map.of(key, value));
    }

    private static void assertRefused(String text, String reason) {
        assertThatExceptionOfType(VolumeException.class).isThrownBy(() -> VolumeHeader.parse(text))
                .withMessageContaining(reason);
    }

    @Test
    void isReadAsItWasWritten() throws VolumeException {
        VolumeHeader header = header();

        VolumeHeader read = VolumeHeader.parse(header.format());

        assertThat(read.id()).isEqualTo(header.id());
        assertThat(read.blockBytes()).isEqualTo(4096);
        assertThat(read.sizeBytes()).isEqualTo(1L << 40);
        assertThat(read.compression()).isEqualTo(Compression.LZ4);
        assertThat(read.data()).isEqualTo("data-1");
        assertThat(read.created()).isEqualTo(header.created());
    }

    @Test
    void volumeOfANewerFormatIsNotOpened() throws VolumeException {
        assertRefused(header().format().replace("isthmus-volume 1", "isthmus-volume 2"), "its format is 2");
    }

    @Test
    void volumeWithAFeatureThatMustBeKnownIsNotOpened() throws VolumeException {
        assertRefused(with(header(), "incompatible", "dedup").format(), "features this one does not know: dedup");
    }

    @Test
    void encryptedVolumeIsNotOpened() throws VolumeException {
        assertRefused(with(header(), "key-id", "k1").format(), "is encrypted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"compatible", "colour"})
    void whatMayBeIgnoredIsKept(String key) throws VolumeException {
        VolumeHeader read = VolumeHeader.parse(with(header(), key, "green").format());

        assertThat(read.withSize(512).format()).contains("\n" + key + "=green\n");
    }

    @Test
    void everyDamagedByteIsNoticed() throws VolumeException {
        String text = header().format();
        for (int i = 0; i < text.length() - 1; i++) {
            String damaged = text.substring(0, i) + (char) (text.charAt(i) ^ 1) + text.substring(i + 1);
            assertThatExceptionOfType(VolumeException.class).as("byte " + i)
                    .isThrownBy(() -> VolumeHeader.parse(damaged));
        }
        assertRefused(text.substring(0, text.length() / 2), "damaged");
        assertRefused("", "is none");
    }

    @ParameterizedTest
    @CsvSource({"0, 4096", "511, 4096", "513, 4096", "1048576, 2048", "1048576, 131072", "1048576, 6000"})
    void refusesWhatNoVolumeCanBe(long sizeBytes, int blockBytes) {
        assertThatExceptionOfType(VolumeException.class)
                .isThrownBy(() -> VolumeHeader.create(sizeBytes, blockBytes, Compression.NONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../a", "a/b", "-a", ".new-a", "a b", "a@b", "ä", "a\n"})
    void refusesNamesThatCouldBeSomethingElse(String name) {
        assertThatExceptionOfType(VolumeException.class).isThrownBy(() -> VolumeName.check(name))
                .withMessageContaining("is no name");
    }
}
