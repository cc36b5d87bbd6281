package dev.isthmus.server.options;

/** Makes a device's properties of what was written. */
public interface DeviceParser<D extends DeviceProperties> {
    /** @throws PropertyException which value cannot be meant */
    D parse(DeviceValues values);
}
