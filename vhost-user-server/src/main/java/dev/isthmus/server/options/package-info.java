/**
 * What every back-end's process does with its command line, whatever its devices are: options, configuration file, what
 * is valid for any device, log lines, the way from there to the end.
 *
 * <pre>
 *   Program (a back-end's own keys and words)
 *      ▼
 *   ProcessOptions ──► DeviceValues ──► CommonParser and the back-end's own parser ──► ProcessProperties
 *   ConfigFile     ──►                                                                      ▼
 *                                                       ProgramMain: devices, then their management
 * </pre>
 *
 * <p>picocli, SnakeYAML and Logback are known here and in the applications only.
 */
@NullMarked
package dev.isthmus.server.options;

import org.jspecify.annotations.NullMarked;
