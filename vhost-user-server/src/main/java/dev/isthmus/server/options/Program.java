package dev.isthmus.server.options;

/**
 * A back-end in the words of its own.
 *
 * @param name the program's, such as isthmus-blk; messages begin with it
 * @param description one sentence, for {@code --help}
 * @param nothingToDo what to give when no device was: the rest of a sentence that begins with "give"
 * @param exitStatus what the statuses mean, for {@code --help}
 * @param defaultDeviceName of a device whose socket has no name to take
 * @param keys what can be said about its devices
 */
public record Program(String name, String description, String nothingToDo, String exitStatus,
        String defaultDeviceName, DeviceKeys keys) {}
