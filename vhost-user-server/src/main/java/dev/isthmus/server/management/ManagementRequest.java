package dev.isthmus.server.management;

import java.util.Map;

/**
 * One request, as routes see it.
 *
 * @param accept the Accept header; empty if there is none
 * @param parameter what the path has in the place of the route's {@code *}; empty if it has none
 * @param query what follows the path's question mark; of a name that is there twice, the last
 */
record ManagementRequest(String accept, String parameter, Map<String, String> query) {}
