package dev.isthmus.blk.app.volume;

import java.io.IOException;

/** What one subcommand does. */
interface VolumeAction {
    /**
     * Does it, and prints what came of it.
     *
     * @return the exit status
     * @throws IOException in one line why it was not done
     * @throws IllegalArgumentException the same, about an argument
     */
    int run(VolumeArguments arguments) throws IOException;
}
