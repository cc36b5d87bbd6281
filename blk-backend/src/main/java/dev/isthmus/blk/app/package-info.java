/**
 * The process: command line, configuration file, start and end, metrics and health of block devices.
 *
 * <p>{@link dev.isthmus.blk.app.BlkBackend} is where it begins. Spring Boot, picocli and Logback are known here and in
 * {@code server} only.
 */
@NullMarked
package dev.isthmus.blk.app;

import org.jspecify.annotations.NullMarked;
