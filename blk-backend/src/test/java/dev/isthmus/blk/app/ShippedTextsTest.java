package dev.isthmus.blk.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.server.options.ShippedTexts;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** packaging has what the options of {@code isthmus-blk} say. */
class ShippedTextsTest {
    private static final ShippedTexts TEXTS = ShippedTexts.of(BlkOptions.PROGRAM, "volume");

    @Test
    void manualPageIsUpToDate() throws IOException {
        String page = TEXTS.manualPage();
        assertThat(ShippedTexts.shipped("man/isthmus-blk.1", page)).as(ShippedTexts.HOW).isEqualTo(page);
    }

    @Test
    void completionIsUpToDate() throws IOException {
        String completion = TEXTS.completion();
        assertThat(ShippedTexts.shipped("completion/isthmus-blk", completion)).as(ShippedTexts.HOW).isEqualTo(
                completion);
    }
}
