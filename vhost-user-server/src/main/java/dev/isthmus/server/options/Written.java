package dev.isthmus.server.options;

/**
 * One value as text.
 *
 * @param property its name as the operator wrote it, such as {@code --serial} or {@code isthmus.devices[0].serial}
 */
record Written(String property, String text) {}
