package dev.isthmus.blk.app;

import dev.isthmus.blk.store.StoreOperation;
import dev.isthmus.blk.store.fault.Fault;
import dev.isthmus.blk.store.fault.FaultRule;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a rule of what was asked for, such as {@code kind=error}, {@code operations=write,flush}, {@code every=10}.
 * What cannot be meant is an {@link IllegalArgumentException} in one sentence.
 */
final class FaultParser {
    private static final String KIND = "kind";
    private static final String OPERATIONS = "operations";
    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String EVERY = "every";
    private static final String DELAY = "delay-ms";
    private static final Set<String> KEYS = Set.of(KIND, OPERATIONS, FROM, TO, EVERY, DELAY);
    private static final String NONE = "none";
    private static final long DELAY_MILLIS_MAX = 3_600_000;

    private FaultParser() {}

    /** Null for {@code kind=none}. */
    static @Nullable FaultRule parse(Map<String, String> wanted) {
        for (String key : wanted.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("There is no \"" + key + "\"; there are kind, operations, from, to,"
                        + " every and delay-ms.");
            }
        }
        String kind = wanted.get(KIND);
        if (NONE.equals(kind)) {
            return null;
        }
        Fault fault = constant(KIND, Fault.class, kind == null ? "" : kind);
        FaultRule rule = FaultRule.of(fault);
        String operations = wanted.get(OPERATIONS);
        if (operations != null) {
            rule = rule.on(EnumSet.copyOf(Arrays.stream(operations.split(",", -1))
                    .map(name -> constant(OPERATIONS, StoreOperation.class, name)).toList()));
        }
        if (wanted.containsKey(FROM) || wanted.containsKey(TO)) {
            rule = rule.within(number(wanted, FROM, 0, Long.MAX_VALUE - 1),
                    wanted.containsKey(TO) ? number(wanted, TO, 1, Long.MAX_VALUE) : Long.MAX_VALUE);
        }
        if (wanted.containsKey(EVERY)) {
            rule = rule.every((int) number(wanted, EVERY, 1, Integer.MAX_VALUE));
        }
        if (fault == Fault.DELAY) {
            rule = rule.by(Duration.ofMillis(number(wanted, DELAY, 1, DELAY_MILLIS_MAX)));
        } else if (wanted.containsKey(DELAY)) {
            throw new IllegalArgumentException("delay-ms is for kind=delay.");
        }
        return rule;
    }

    private static <E extends Enum<E>> E constant(String key, Class<E> type, String name) {
        for (E constant : type.getEnumConstants()) {
            if (lowerCase(constant).equals(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(key + " \"" + name + "\" is none of " + (type.equals(Fault.class) ? "none, "
                : "") + Arrays.stream(type.getEnumConstants()).map(FaultParser::lowerCase).collect(
                        Collectors.joining(", ")) + ".");
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static long number(Map<String, String> wanted, String key, long least, long most) {
        String text = wanted.getOrDefault(key, key.equals(FROM) ? "0" : "");
        long number = text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
        if (number < least || number > most) {
            throw new IllegalArgumentException(key + " \"" + text + "\" is no number from " + least
                    + (most >= Long.MAX_VALUE - 1 ? "." : " to " + most + "."));
        }
        return number;
    }
}
