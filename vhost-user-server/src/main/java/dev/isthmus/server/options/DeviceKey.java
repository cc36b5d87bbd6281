package dev.isthmus.server.options;

/**
 * What can be said about a device; a constant of an enum. The same name is an option of the command line
 * ({@code --num-queues=2}), a key of {@code --device} ({@code num-queues=2}) and a key in the configuration file
 * ({@code isthmus.devices[0].num-queues: 2}).
 */
public interface DeviceKey {
    /** Its name, and what is to be said about it. */
    Text description();

    /** Whether the key can also be given once for all devices. */
    enum Scope {
        DEVICE, SHARED
    }

    /**
     * A key's words.
     *
     * @param name as it is written
     * @param valueHint what its value looks like; {@code on|off} makes it a switch, which may have no value
     * @param help one sentence, for {@code --help}
     */
    record Text(String name, Scope scope, String valueHint, String help) {
        /** Of a key that is about one device alone. */
        public static Text device(String name, String valueHint, String help) {
            return new Text(name, Scope.DEVICE, valueHint, help);
        }

        /** Of a key that can also be given once for all devices. */
        public static Text shared(String name, String valueHint, String help) {
            return new Text(name, Scope.SHARED, valueHint, help);
        }
    }

    default String text() {
        return description().name();
    }

    default boolean isShared() {
        return description().scope() == Scope.SHARED;
    }

    default boolean isSwitch() {
        return description().valueHint().equals("on|off");
    }
}
