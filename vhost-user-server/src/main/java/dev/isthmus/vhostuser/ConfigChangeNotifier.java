package dev.isthmus.vhostuser;

import dev.isthmus.linux.LinuxException;
import dev.isthmus.linux.OwnedFd;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the front-end that the configuration space has changed, when it may be told. Any thread.
 *
 * <p>Only CONFIG_CHANGE_MSG goes this way, never with need_reply: QEMU asks GET_CONFIG before it would answer, so
 * whoever waited for the answer on the session's thread would wait for ever. While all rings are stopped the device is
 * suspended and may send nothing (the vhost-user specification, "Suspended device state"); what is due then is sent
 * when a ring starts.
 */
final class ConfigChangeNotifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigChangeNotifier.class);

    private final String device;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable BackendChannel channel;
    private boolean configNegotiated;
    private boolean suspended = true;
    /** From the beginning: QEMU does not read the configuration space again after it has reconnected. */
    private boolean changeDue = true;

    ConfigChangeNotifier(String device) {
        this.device = device;
    }

    /** A new channel in place of the one before; takes ownership. */
    void open(OwnedFd fd, boolean config) {
        lock.lock();
        try {
            closeChannel();
            channel = BackendChannel.own(fd);
            configNegotiated = config;
            flush();
        } finally {
            lock.unlock();
        }
    }

    /** The configuration space has changed. */
    void configurationChanged() {
        lock.lock();
        try {
            changeDue = true;
            flush();
        } finally {
            lock.unlock();
        }
    }

    void suspended(boolean now) {
        lock.lock();
        try {
            suspended = now;
            flush();
        } finally {
            lock.unlock();
        }
    }

    private void flush() {
        BackendChannel present = channel;
        if (!changeDue || suspended || present == null || !configNegotiated) {
            return;
        }
        changeDue = false;
        try {
            present.send(new BackendMessage.ConfigChange(), false);
        } catch (LinuxException e) {
            LOG.warn("{}: the front-end does not take CONFIG_CHANGE_MSG: {}", device, e.getMessage());
        }
    }

    private void closeChannel() {
        BackendChannel present = channel;
        if (present != null) {
            present.close();
            channel = null;
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closeChannel();
        } finally {
            lock.unlock();
        }
    }
}
