package dev.isthmus.spec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One thing virtio asks of a device, from device-requirements.txt.
 *
 * @param clause number
 * @param level MUST, SHOULD and so on
 * @param text what is asked
 * @param reason why it does not apply; empty if it does
 */
record Requirement(String clause, String level, String text, String reason) {

    static List<Requirement> all() throws IOException {
        try (InputStream in = Requirement.class.getResourceAsStream("/device-requirements.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#")).map(Requirement::parse).toList();
        }
    }

    private static Requirement parse(String line) {
        String[] fields = line.split("\\|", -1);
        if (fields.length != 4) {
            throw new IllegalArgumentException(line);
        }
        return new Requirement(fields[0].strip(), fields[1].strip(), fields[2].strip(), fields[3].strip());
    }

    boolean applies() {
        return reason.isEmpty();
    }
}
