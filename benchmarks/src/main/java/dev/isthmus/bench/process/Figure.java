package dev.isthmus.bench.process;

import java.util.Locale;

/** What is measured of a form. */
enum Figure {
    SOCKET("start to a socket that takes connections", "ms"),
    MANAGEMENT("start to health that says UP", "ms"),
    START_CPU("the same, CPU time of all threads", "ms"),
    IDLE("memory, one device, nobody connected", "MB"),
    LIGHT("the same, 4 queues of 1 in flight", "MB"),
    HEAVY("the same, 4 queues and then 16 of 32 in flight", "MB"),
    MANY("memory, many devices, each 4 queues of 1 in flight", "MB"),
    EACH("of it, for each device after the first", "MB"),
    IDLE_CPU("CPU, 8 devices connected and idle, of one core", "%"),
    WATCHES("start to watches in xenstore", "ms"),
    FOUR_GUESTS("memory, 4 guests with a disk each, 32 in flight", "MB");

    /** Guests in {@link #FOUR_GUESTS}. */
    static final int GUESTS = 4;

    /** Devices in {@link #IDLE_CPU}. */
    static final int IDLE_DEVICES = 8;

    private final String title;
    private final String unit;

    Figure(String title, String unit) {
        this.title = title;
        this.unit = unit;
    }

    String title() {
        return title + ", " + unit;
    }

    /** In JSON. */
    String key() {
        return name().toLowerCase(Locale.ROOT) + switch (unit) {
            case "ms" -> "_ms";
            case "MB" -> "_mb";
            default -> "_percent";
        };
    }
}
