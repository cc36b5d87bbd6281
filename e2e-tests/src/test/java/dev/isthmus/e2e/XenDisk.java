package dev.isthmus.e2e;

/**
 * A disk of a Xen guest, as a line of xl's configuration (xl-disk-configuration(5)).
 *
 * @param device its name in the guest, such as xvda
 * @param line what stands between the quotes of {@code disk=}
 */
record XenDisk(String device, String line) {

    /** The guest's tools; {@code init} in the guest waits for it. */
    static final XenDisk TOOLS = blkback("xvdz", "/dev/vdc", "ro");

    /** Served by dom0's kernel. */
    static XenDisk blkback(String device, String file) {
        return blkback(device, file, "rw");
    }

    private static XenDisk blkback(String device, String file, String access) {
        return new XenDisk(device, "vdev=%s,access=%s,format=raw,backendtype=phy,script=block-plain,target=%s"
                .formatted(device, access, file));
    }

    /** Served by the bridge, of the kind vbd as blkback's disks are. It is libxl that wants a script. */
    static XenDisk bridge(String device, String socket) {
        return bridge(device, socket, "phy");
    }

    /** Served by the bridge, of the kind vbd3, which Xen knows since 4.19. */
    static XenDisk bridgeTap(String device, String socket) {
        return bridge(device, socket, "tap");
    }

    private static XenDisk bridge(String device, String socket, String type) {
        return new XenDisk(device,
                "vdev=%s,access=rw,format=raw,backendtype=%s,script=/bin/true,target=vhost-user:%s".formatted(device,
                        type, socket));
    }
}
