package dev.isthmus.server.options;

import dev.isthmus.server.management.ManagementAddress;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * The configuration file: under {@code isthmus}, the list {@code devices}, {@code management}, and keys that hold for
 * all devices.
 *
 * <p>Every value is read as the text that stands there: a serial number 0123 is not 83, and a name "on" is not a
 * boolean.
 */
record ConfigFile(@Nullable ManagementAddress management, Map<DeviceKey, Written> shared,
        List<Map<DeviceKey, Written>> deviceValues) {
    static final ConfigFile EMPTY = new ConfigFile(null, Map.of(), List.of());

    private static final String ROOT = "isthmus";
    private static final String DEVICES = "devices";
    private static final String MANAGEMENT = "management";

    static ConfigFile read(Path path, DeviceKeys keys) {
        try (Reader reader = Files.newBufferedReader(path)) {
            return of(path.toString(), yaml().load(reader), keys);
        } catch (NoSuchFileException e) {
            throw new PropertyException("--config", path + " does not exist");
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw new PropertyException("--config", path + ", line " + line + ": " + e.getProblem());
        } catch (IOException | YAMLException e) {
            throw new PropertyException("--config", path + " cannot be read: " + firstLine(e));
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static Yaml yaml() {
        var loading = new LoaderOptions();
        loading.setAllowDuplicateKeys(false);
        var dumping = new DumperOptions();
        return new Yaml(new SafeConstructor(loading), new Representer(dumping), dumping, loading, new Resolver() {
            @Override
            protected void addImplicitResolvers() {
                // None: a plain scalar stays text.
            }
        });
    }

    private static ConfigFile of(String path, @Nullable Object document, DeviceKeys keys) {
        Map<?, ?> top = mapping(path, document);
        for (Object key : top.keySet()) {
            if (!ROOT.equals(key)) {
                throw new PropertyException(String.valueOf(key), "unknown property in " + path
                        + "; everything is under "
                        + ROOT);
            }
        }
        return root(mapping(ROOT, top.get(ROOT)), keys);
    }

    private static ConfigFile root(Map<?, ?> root, DeviceKeys keys) {
        ManagementAddress management = null;
        Map<DeviceKey, Written> shared = new LinkedHashMap<>();
        List<Map<DeviceKey, Written>> devices = new ArrayList<>();
        for (Map.Entry<?, ?> entry : root.entrySet()) {
            String name = String.valueOf(entry.getKey());
            String property = ROOT + "." + name;
            DeviceKey key = keys.find(name);
            if (name.equals(DEVICES)) {
                devices = devicesOf(property, entry.getValue(), keys);
            } else if (name.equals(MANAGEMENT)) {
                management = ManagementParser.parse(property, scalar(property, entry.getValue()));
            } else if (key != null && key.isShared()) {
                shared.put(key, written(property, entry.getValue()));
            } else {
                throw new PropertyException(property, "unknown property; known are " + DEVICES + ", " + MANAGEMENT
                        + ", " + keys.knownShared());
            }
        }
        return new ConfigFile(management, shared, devices);
    }

    private static List<Map<DeviceKey, Written>> devicesOf(String property, @Nullable Object value, DeviceKeys keys) {
        if (!(value instanceof List<?> list)) {
            throw new PropertyException(property, "is no list");
        }
        List<Map<DeviceKey, Written>> devices = new ArrayList<>();
        for (Object device : list) {
            String source = property + "[" + devices.size() + "]";
            Map<DeviceKey, Written> values = new LinkedHashMap<>();
            mapping(source, device).forEach((name, text) -> {
                DeviceKey key = keys.find(String.valueOf(name));
                if (key == null) {
                    throw new PropertyException(source + "." + name, "unknown property; known are " + keys
                            .known());
                }
                values.put(key, written(source + "." + name, text));
            });
            devices.add(values);
        }
        return devices;
    }

    private static Map<?, ?> mapping(String property, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new PropertyException(property, "is no mapping of names to values");
    }

    private static Written written(String property, @Nullable Object value) {
        return new Written(property, scalar(property, value));
    }

    private static String scalar(String property, @Nullable Object value) {
        if (value instanceof List<?> list && list.stream().noneMatch(v -> v instanceof List || v instanceof Map)) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        if (value instanceof String text) {
            return text;
        }
        throw new PropertyException(property, "is no single value");
    }

    /** @param options what the command line says for all devices; it goes before what the file says for all devices */
    <D extends DeviceProperties> List<D> devices(Map<DeviceKey, Written> options, DeviceParser<D> parser) {
        Map<DeviceKey, Written> forAll = new LinkedHashMap<>();
        forAll.putAll(shared);
        forAll.putAll(options);
        List<D> devices = new ArrayList<>();
        for (Map<DeviceKey, Written> values : deviceValues) {
            String source = ROOT + "." + DEVICES + "[" + devices.size() + "]";
            devices.add(parser.parse(new DeviceValues(source, values, forAll)));
        }
        return devices;
    }
}
