package dev.isthmus.server.management;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP/1.1 on one event loop thread: one request for each connection, bounded in size, number and time. */
public final class ManagementServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);

    private static final int LINE_BYTES_MAX = 2048;
    private static final int HEADERS_BYTES_MAX = 8192;
    /** No request of ours has contents. */
    private static final int CONTENT_BYTES_MAX = 1024;
    /** A scraper, a prober, some people: whoever comes after that many is turned away. */
    private static final int CONNECTIONS_MAX = 16;
    private static final int TIMEOUT_SECONDS = 10;

    private final EventLoopGroup group;
    private final Channel channel;
    private final @Nullable ManagementSocketFile file;

    private ManagementServer(EventLoopGroup group, Channel channel, @Nullable ManagementSocketFile file) {
        this.group = group;
        this.channel = channel;
        this.file = file;
    }

    /**
     * Listens.
     *
     * @throws IOException with one clear line
     */
    static ManagementServer start(ManagementAddress address, Router router) throws IOException {
        var group = new MultiThreadIoEventLoopGroup(1, Thread.ofPlatform().name("management").daemon().factory(),
                EpollIoHandler.newFactory());
        try {
            return switch (address) {
                case ManagementAddress.Unix(String path) -> {
                    var file = ManagementSocketFile.prepare(Path.of(path));
                    Channel channel = bind(group, router, new DomainSocketAddress(path), address);
                    file.protect();
                    yield new ManagementServer(group, channel, file);
                }
                case ManagementAddress.Tcp(String host, int port) -> new ManagementServer(group,
                        bind(group, router, new InetSocketAddress(host, port), address), null);
                case ManagementAddress.Off() -> throw new IllegalArgumentException("nowhere to listen");
            };
        } catch (IOException e) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    private static Channel bind(EventLoopGroup group, Router router, SocketAddress socket, ManagementAddress address)
            throws IOException {
        var connections = new AtomicInteger();
        var bootstrap = new ServerBootstrap().group(group)
                .channel(socket instanceof DomainSocketAddress
                        ? EpollServerDomainSocketChannel.class
                        : EpollServerSocketChannel.class)
                // A connection lives for one request: nothing would come back from a pool.
                .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        initialize(child, router, connections);
                    }
                });
        ChannelFuture bound = bootstrap.bind(socket).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("management cannot listen on " + address + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        LOG.info("management listens on {}", bound.channel().localAddress());
        return bound.channel();
    }

    private static void initialize(Channel child, Router router, AtomicInteger connections) {
        if (connections.incrementAndGet() > CONNECTIONS_MAX) {
            connections.decrementAndGet();
            child.close();
            return;
        }
        child.closeFuture().addListener(closed -> connections.decrementAndGet());
        child.pipeline().addLast(new ReadTimeoutHandler(TIMEOUT_SECONDS), new WriteTimeoutHandler(TIMEOUT_SECONDS),
                new HttpServerCodec(LINE_BYTES_MAX, HEADERS_BYTES_MAX, CONTENT_BYTES_MAX),
                new BoundedRequests(CONTENT_BYTES_MAX), new ManagementHandler(router));
    }

    /** Where it really listens: the port, when the kernel chose it. */
    SocketAddress address() {
        return channel.localAddress();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        if (file != null) {
            file.remove();
        }
    }
}
