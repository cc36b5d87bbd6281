package dev.isthmus.e2e;

import java.io.IOException;
import java.nio.file.Path;

/** What lies between a guest's disk and the device whose power is cut. */
interface CutStore {

    /** Of the device. */
    long deviceBytes();

    /** What is named in reports. */
    String describe();

    /**
     * Makes a disk for a guest on the device.
     *
     * @param directory a new one, in memory
     */
    Ground prepare(Path device, Path directory) throws IOException, InterruptedException;

    /** What is done with the guest's disk after a cut. */
    interface Look {
        /** @param image a raw image of the guest's disk, which may be changed */
        void at(Path image) throws IOException, InterruptedException;
    }

    /**
     * Finds the guest's disk on an image of the device after a cut.
     *
     * @throws AssertionError if it does not open without help
     */
    void open(Path device, Look look) throws IOException, InterruptedException;

    /** The disk, ready to be served; all that is mounted for it is unmounted when it is closed. */
    interface Ground extends AutoCloseable {
        Disk disk();

        @Override
        void close();
    }

    /** The disk is the device. */
    record Raw(long deviceBytes, boolean direct) implements CutStore {

        @Override
        public String describe() {
            return "direct=" + (direct ? "on" : "off");
        }

        @Override
        public Ground prepare(Path device, Path directory) {
            Disk disk = Disk.of("powercut", directory, device).withDirect(direct);
            return new Ground() {
                @Override
                public Disk disk() {
                    return disk;
                }

                @Override
                public void close() {
                    // Nothing lies between them.
                }
            };
        }

        @Override
        public void open(Path device, Look look) throws IOException, InterruptedException {
            look.at(device);
        }
    }
}
