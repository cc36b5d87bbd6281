package dev.isthmus.server.management;

/**
 * One request, as routes see it.
 *
 * @param accept the Accept header; empty if there is none
 * @param parameter what the path has in the place of the route's {@code *}; empty if it has none
 */
record ManagementRequest(String accept, String parameter) {}
