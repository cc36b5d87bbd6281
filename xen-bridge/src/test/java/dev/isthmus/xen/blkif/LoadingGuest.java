package dev.isthmus.xen.blkif;

import dev.isthmus.xen.FakeDomain;
import dev.isthmus.xen.FakeXen;
import java.io.IOException;

/** A guest that keeps its ring full of reads of 4 KiB for as long as it lives, and allocates little. */
public final class LoadingGuest {
    private static final int READ = 0;
    private static final int DEPTH = 32;
    private static final int SECTORS_PER_PAGE = 8;

    private final GuestRing ring;
    private final byte[][] requests = new byte[DEPTH][];

    /** @param id of its domain */
    public LoadingGuest(FakeXen xen, int id) {
        FakeDomain domain = xen.newDomain(id, 1 + DEPTH);
        ring = new GuestRing(domain, BlkifProtocol.X86_64, 0, 1);
        int[] pages = domain.grantAll(1, DEPTH);
        for (int i = 0; i < DEPTH; i++) {
            requests[i] = ring.request(READ, i, (long) i * SECTORS_PER_PAGE, pages[i], 0, SECTORS_PER_PAGE - 1);
        }
    }

    public int ringReference() {
        return ring.references[0];
    }

    public int port() {
        return ring.port;
    }

    /**
     * Loads its disk, which is connected.
     *
     * @throws IOException when an answer is an error
     */
    public void load() throws IOException, InterruptedException {
        for (byte[] request : requests) {
            ring.put(request);
        }
        ring.push();
        while (true) {
            GuestRing.Response response = ring.await();
            if (response.status() != 0) {
                throw new IOException(response.toString());
            }
            ring.put(requests[(int) response.id()]);
            ring.push();
        }
    }
}
