package dev.isthmus.server.management;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.boot.json.JsonWriter;

/** One response. */
record ManagementResponse(int status, String contentType, byte[] body) {
    private static final JsonWriter<Object> JSON = JsonWriter.standard().withNewLineAtEnd();

    static ManagementResponse json(int status, Object body) {
        return new ManagementResponse(status, "application/json",
                JSON.writeToString(body).getBytes(StandardCharsets.UTF_8));
    }

    static ManagementResponse error(int status, String sentence) {
        return json(status, Map.of("error", sentence));
    }
}
