package dev.isthmus.server.management;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the one request of a connection, then closes it. */
final class ManagementHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementHandler.class);

    private final Router router;
    private boolean answered;

    ManagementHandler(Router router) {
        this.router = router;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (answered) {
            return; // another request sent ahead: this connection is to be closed
        }
        answered = true;
        context.pipeline().remove(ReadTimeoutHandler.class);
        if (request.decoderResult().isFailure()) {
            send(context, ManagementResponse.error(400, "This is no HTTP request that can be understood."), "");
            return;
        }
        try {
            var uri = new QueryStringDecoder(request.uri());
            route(context, request, uri.path(), query(uri));
        } catch (IllegalArgumentException e) {
            send(context, ManagementResponse.error(400, "This is no path that can be understood."), "");
        }
    }

    private void route(ChannelHandlerContext context, FullHttpRequest request, String path,
            Map<String, String> query) {
        String method = request.method().name();
        switch (router.find(method, path)) {
            case Router.Found.Answer(Route route, String parameter) ->
                    answer(context, route, new ManagementRequest(
                            request.headers().get(HttpHeaderNames.ACCEPT, ""), parameter, query));
            case Router.Found.OtherMethods(var allowed) -> send(context, ManagementResponse.error(405,
                    path + " answers " + String.join(", ", allowed) + ", not " + method + "."),
                    String.join(", ", allowed));
            case Router.Found.Nothing() -> send(context, ManagementResponse.error(404, "There is nothing at " + path
                    + "."), "");
        }
    }

    /** @throws IllegalArgumentException if a percent sign is not followed by two digits */
    private static Map<String, String> query(QueryStringDecoder uri) {
        Map<String, String> query = new LinkedHashMap<>();
        uri.parameters().forEach((name, values) -> query.put(name, values.getLast()));
        return query;
    }

    private static void answer(ChannelHandlerContext context, Route route, ManagementRequest request) {
        if (route.mayBlock()) {
            Thread.ofPlatform().name("management-request").daemon()
                    .start(() -> send(context, answer(route, request), ""));
        } else {
            send(context, answer(route, request), "");
        }
    }

    private static ManagementResponse answer(Route route, ManagementRequest request) {
        try {
            return route.action().answer(request);
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", route.method(), route.path(), e);
            return ManagementResponse.error(500, "This failed; the log says why.");
        }
    }

    static void send(ChannelHandlerContext context, ManagementResponse answer, String allow) {
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (!allow.isEmpty()) {
            response.headers().set(HttpHeaderNames.ALLOW, allow);
        }
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    /** A peer that went away or was too slow is its own affair. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean ofPeer = cause instanceof IOException || cause instanceof io.netty.handler.timeout.TimeoutException;
        if (!ofPeer) {
            LOG.warn("management connection closed: {}", cause.toString());
        }
        context.close();
    }
}
