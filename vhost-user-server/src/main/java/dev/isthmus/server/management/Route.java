package dev.isthmus.server.management;

import org.jspecify.annotations.Nullable;

/**
 * One thing the management API can do.
 *
 * @param method GET or POST
 * @param path with at most one {@code *}, which stands for one part between slashes
 * @param mayBlock whether it gets a thread of its own; else it runs on the event loop
 */
record Route(String method, String path, boolean mayBlock, Action action) {
    /** What is done. */
    interface Action {
        ManagementResponse answer(ManagementRequest request);
    }

    /**
     * What stands in the place of the {@code *}, empty if there is none in the route; null if the path is not this
     * route's.
     */
    @Nullable
    String match(String wanted) {
        int star = path.indexOf('*');
        if (star < 0) {
            return path.equals(wanted) ? "" : null;
        }
        String before = path.substring(0, star);
        String after = path.substring(star + 1);
        boolean fits = wanted.length() > before.length() + after.length()
                && wanted.startsWith(before) && wanted.endsWith(after);
        String parameter = fits ? wanted.substring(before.length(), wanted.length() - after.length()) : "/";
        return parameter.indexOf('/') < 0 ? parameter : null;
    }
}
