package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The lines are of Xen 4.17. */
class XenResourcesTest {

    private static final String LOG = """
            (XEN) gnttab_usage_print_all [ key 'g' pressed
            (XEN)       -------- active --------       -------- shared --------
            (XEN) [ref] localdom mfn      pin          localdom gmfn     flags
            (XEN) grant-table for remote d0 (v1)
            (XEN)   1 frames (64 max), 6 maptrack frames (1024 max)
            (XEN) no active grant table entries
            (XEN) grant-table for remote d2 (v1)
            (XEN)   3 frames (64 max), 0 maptrack frames (1024 max)
            (XEN) [0x000]      0 0x7f002 0x00000002          0 0x07f002 0x19
            (XEN) [0x009]      0 0x7ef3b 0x00000002          0 0x07ef3b 0x19
            (XEN) Event channel information for domain 0:
            (XEN) Polling vCPUs: {}
            (XEN)     port [p/m/s]
            (XEN)        1 [0/0/  -   ]: s=5 n=0 x=0 v=0
            (XEN)       13 [0/0/  -   ]: s=3 n=1 x=0 d=0 p=33
            (XEN)       15 [0/0/  -   ]: s=4 n=1 x=0 p=9 i=9
            (XEN)       37 [0/0/  -   ]: s=3 n=1 x=0 d=2 p=8
            (XEN)       38 [0/0/  -   ]: s=2 n=0 x=0 d=11
            (XEN) Event channel information for domain 2:
            (XEN)     port [p/m/s]
            (XEN)        1 [0/0/  -   ]: s=3 n=0 x=0 d=0 p=35
            (XEN)        8 [0/0/  -   ]: s=3 n=0 x=0 d=7 p=37
            """;

    @Test
    void mappedGrantsAreCountedByTheDomainThatGrantsThem() {
        assertThat(XenResources.parse(LOG).grants()).isEqualTo(Map.of(2, 2));
    }

    @Test
    void channelsOfDom0AreCountedByTheOtherDomain() {
        assertThat(XenResources.parse(LOG).channels()).isEqualTo(Map.of(2, 1, 11, 1));
    }
}
