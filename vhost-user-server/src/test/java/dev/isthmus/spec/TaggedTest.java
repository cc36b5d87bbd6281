package dev.isthmus.spec;

/**
 * A test, or a class of tests, with one of its {@link Clause}s.
 *
 * @param clause the annotation's text
 * @param path of the source file, relative to the root of the tree
 * @param type simple name of the class
 * @param method name of the test; empty if the annotation is the class's
 */
record TaggedTest(String clause, String path, String type, String method) {}
