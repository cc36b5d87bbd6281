package dev.isthmus.server.management;

import java.util.ArrayList;
import java.util.List;

/** Finds the route of a request. */
final class Router {
    private final List<Route> routes;

    Router(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /** What was found. */
    sealed interface Found {
        record Answer(Route route, String parameter) implements Found {}

        /** The path exists, but not for this method. */
        record OtherMethods(List<String> allowed) implements Found {}

        record Nothing() implements Found {}
    }

    Found find(String method, String path) {
        List<String> allowed = new ArrayList<>();
        for (Route route : routes) {
            String parameter = route.match(path);
            if (parameter != null && route.method().equals(method)) {
                return new Found.Answer(route, parameter);
            }
            if (parameter != null) {
                allowed.add(route.method());
            }
        }
        return allowed.isEmpty() ? new Found.Nothing() : new Found.OtherMethods(allowed);
    }
}
