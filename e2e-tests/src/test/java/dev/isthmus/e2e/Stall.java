package dev.isthmus.e2e;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The pause of one kill, from death to the first request that is answered again. All in milliseconds.
 *
 * @param detection until the process was known to be dead
 * @param start from the start of its successor until that listens
 * @param connect until the front-end has connected, as the back-end knows it
 * @param configure until the first ring started, as the back-end knows it
 * @param replay until the first answer on a ring with requests of the predecessor, as the back-end knows it; NaN if it
 *     had left none, and then the pause is over with the first ring
 * @param guest from death until the guest heard that its next record is durable
 */
record Stall(double detection, double start, double connect, double configure, double replay, double guest) {

    static final List<Part> PARTS = List.of(
            new Part("detection", Stall::detection),
            new Part("process start", Stall::start),
            new Part("connect", Stall::connect),
            new Part("configure", Stall::configure),
            new Part("replay", Stall::replay),
            new Part("whole", Stall::whole),
            new Part("guest's next flush", Stall::guest));

    record Part(String name, ToDoubleFunction<Stall> millis) {
    }

    double whole() {
        return detection + start + connect + configure + (Double.isNaN(replay) ? 0 : replay);
    }
}
