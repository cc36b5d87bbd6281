package dev.isthmus.e2e;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Xen says of other domains' grants that are mapped and of dom0's event channels to them, by domain number.
 *
 * @param grants of each domain, how many somebody else has mapped
 * @param channels of dom0, how many are bound to the domain, or wait for it
 */
record XenResources(Map<Integer, Integer> grants, Map<Integer, Integer> channels) {

    // Xen, common/grant_table.c, gnttab_usage_print(): a table's head, then one line for each grant that is in use.
    private static final Pattern TABLE = Pattern.compile("grant-table for remote d(\\d+)");
    private static final Pattern GRANT = Pattern.compile("\\[0x[0-9a-f]+\\] +\\d+ 0x[0-9a-f]+ 0x[0-9a-f]+ ");
    // Xen, common/event_channel.c, domain_dump_evtchn_info(): s is the state (xen/event.h, ECS_UNBOUND 2 and
    // ECS_INTERDOMAIN 3), d the other domain of these. dom0 has some with itself.
    private static final Pattern PORTS = Pattern.compile("Event channel information for domain (\\d+):");
    private static final Pattern PORT = Pattern.compile("\\]: s=[23] .* d=([1-9]\\d*)");

    /** Asks Xen: it answers in its log, which is emptied before. */
    static XenResources of(XenHost host) throws IOException, InterruptedException {
        return parse(host.sh("xl dmesg -c > /run/out; xl debug-keys g; xl debug-keys e; sleep 0.5; xl dmesg"));
    }

    static XenResources parse(String log) {
        Map<Integer, Integer> grants = new TreeMap<>();
        Map<Integer, Integer> channels = new TreeMap<>();
        int table = -1;
        int owner = -1;
        for (String line : (Iterable<String>) log.lines()::iterator) {
            Matcher head = TABLE.matcher(line);
            Matcher ports = PORTS.matcher(line);
            Matcher port = PORT.matcher(line);
            if (head.find()) {
                table = Integer.parseInt(head.group(1));
            } else if (ports.find()) {
                owner = Integer.parseInt(ports.group(1));
            } else if (GRANT.matcher(line).find()) {
                grants.merge(table, 1, Integer::sum);
            } else if (owner == 0 && port.find()) {
                channels.merge(Integer.parseInt(port.group(1)), 1, Integer::sum);
            }
        }
        return new XenResources(grants, channels);
    }
}
