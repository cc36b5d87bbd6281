package dev.isthmus.server.management;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;

/** Puts a request together; refuses one that is too large at once, without reading what it has announced. */
final class BoundedRequests extends HttpObjectAggregator {
    BoundedRequests(int contentBytesMax) {
        super(contentBytesMax);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        ManagementHandler.send(context, ManagementResponse.error(413,
                "No request here has contents of more than " + maxContentLength() + " bytes."), "");
    }
}
