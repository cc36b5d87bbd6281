package dev.isthmus.xen.app;

import dev.isthmus.xen.Xenstore;
import dev.isthmus.xen.blkif.BlkifConnection;
import dev.isthmus.xen.blkif.BlkifProperties;
import dev.isthmus.xen.blkif.BlkifProtocol;
import dev.isthmus.xen.blkif.BlkifRing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The nodes in which a guest says where its rings are: {@code public/io/blkif.h}. It may write anything there; what is
 * wrong is an {@link IOException} that says so.
 */
final class FrontendNodes {
    private final Xenstore store;
    private final GuestNodes guest;
    private final BlkifProperties limits;

    private FrontendNodes(Xenstore store, BlkifProperties limits) {
        this.store = store;
        this.guest = new GuestNodes(store);
        this.limits = limits;
    }

    /**
     * Reads them.
     *
     * @param frontend the guest's directory
     * @param limits what it was offered
     */
    static BlkifConnection read(Xenstore store, String frontend, BlkifProperties limits) throws IOException {
        return new FrontendNodes(store, limits).connection(frontend);
    }

    private BlkifConnection connection(String frontend) throws IOException {
        Optional<String> protocol = store.read(frontend + "/protocol");
        BlkifProtocol spoken = protocol.isEmpty()
                ? BlkifProtocol.NATIVE
                : BlkifProtocol.named(protocol.get())
                        .orElseThrow(() -> new IOException("the guest's protocol is " + GuestNodes.quote(protocol
                                .get())));
        int queues = guest.between(1, limits.queuesMax(), frontend + "/multi-queue-num-queues", 1);
        int pages = pages(frontend);
        List<BlkifRing> rings = new ArrayList<>();
        for (int queue = 0; queue < queues; queue++) {
            // With one queue there is no directory for it, as there was none before there were queues.
            rings.add(ring(queues == 1 ? frontend : frontend + "/queue-" + queue, pages));
        }
        return new BlkifConnection(spoken, rings);
    }

    /** {@code ring-page-order} goes before {@code num-ring-pages}, which other front-ends write. */
    private int pages(String frontend) throws IOException {
        int pagesMax = 1 << limits.ringPageOrderMax();
        if (store.read(frontend + "/ring-page-order").isPresent()) {
            return 1 << guest.between(0, limits.ringPageOrderMax(), frontend + "/ring-page-order", 0);
        }
        int pages = guest.between(1, pagesMax, frontend + "/num-ring-pages", 1);
        if (Integer.bitCount(pages) != 1) {
            throw new IOException("the guest's num-ring-pages is " + pages + ", no power of 2");
        }
        return pages;
    }

    private BlkifRing ring(String directory, int pages) throws IOException {
        int[] references = new int[pages];
        if (pages == 1 && store.read(directory + "/ring-ref").isPresent()) {
            references[0] = guest.number(directory + "/ring-ref");
        } else {
            for (int page = 0; page < pages; page++) {
                references[page] = guest.number(directory + "/ring-ref" + page);
            }
        }
        return new BlkifRing(references, guest.number(directory + "/event-channel"));
    }
}
