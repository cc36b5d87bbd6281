package dev.isthmus.net.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.isthmus.server.options.ShippedTexts;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** packaging has what the options of {@code isthmus-net} say. */
class ShippedTextsTest {
    private static final ShippedTexts TEXTS = ShippedTexts.of(NetOptions.PROGRAM);

    @Test
    void manualPageIsUpToDate() throws IOException {
        String page = TEXTS.manualPage();
        assertThat(ShippedTexts.shipped("man/isthmus-net.1", page)).as(ShippedTexts.HOW).isEqualTo(page);
    }

    @Test
    void completionIsUpToDate() throws IOException {
        String completion = TEXTS.completion();
        assertThat(ShippedTexts.shipped("completion/isthmus-net", completion)).as(ShippedTexts.HOW).isEqualTo(
                completion);
    }
}
