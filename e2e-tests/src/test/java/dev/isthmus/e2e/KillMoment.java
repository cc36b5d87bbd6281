package dev.isthmus.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** When a back-end is killed. */
enum KillMoment {
    /** Under load, a while after the last recovery. */
    LOAD,
    /** Soon after its start: while it starts, while it waits for its front-end, or while it does requests again. */
    RECOVERING,
    /** With nothing in flight. */
    IDLE;

    /** Of a hundred kills. */
    private static final int RECOVERING_SHARE = 25;
    private static final int IDLE_SHARE = 15;

    /** Begins under load, since before that there is nothing to recover. */
    static List<KillMoment> choose(int times, RandomGenerator random) {
        List<KillMoment> moments = new ArrayList<>();
        moments.add(LOAD);
        while (moments.size() < times) {
            int share = random.nextInt(100);
            moments.add(share < RECOVERING_SHARE ? RECOVERING
                    : share < RECOVERING_SHARE + IDLE_SHARE ? IDLE
                    : LOAD);
        }
        return moments;
    }
}
