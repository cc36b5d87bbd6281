package dev.isthmus.blk.app.volume;

import dev.isthmus.blk.store.volume.Volumes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The subcommands with their arguments, described to picocli by its model and not by annotations. */
final class VolumeModel {
    static final String DIRECTORY = "--volumes-dir";
    static final String JSON = "--json";
    static final String SIZE = "--size";
    static final String BLOCK = "--block-size";
    static final String COMPRESSION = "--compression";
    static final String FORMAT = "--format";
    static final String DISCARD_DATA = "--discard-data";
    static final String WITH_SNAPSHOTS = "--with-snapshots";
    static final String REPLACE = "--replace";

    private static final String SIZE_HELP = "what a guest sees; K, M, G and T stand for powers of 1024";

    private VolumeModel() {}

    static CommandLine command() {
        CommandSpec volume = group("volume", "Looks after thin volumes.");
        add(volume, "create", "Makes a volume of zeroes, which takes no space yet.", VolumeActions::create, "NAME")
                .addOption(value(SIZE, "SIZE", SIZE_HELP).required(true).build())
                .addOption(block()).addOption(compression());
        add(volume, "list", "Lists the volumes.", VolumeActions::list);
        add(volume, "info", "Tells what is known of a volume and its snapshots.", VolumeActions::info, "VOLUME");
        add(volume, "resize", "Makes a volume larger or smaller.", VolumeActions::resize, "VOLUME")
                .addOption(value(SIZE, "SIZE", SIZE_HELP).required(true).build())
                .addOption(flag(DISCARD_DATA, "make it smaller even if there is data behind the new end"));
        add(volume, "snapshot", "Keeps the contents of a volume under a name.", VolumeActions::snapshot, "VOLUME",
                "NAME");
        add(volume, "clone", "Makes a volume with the contents of a snapshot, at once and sharing its space.",
                VolumeActions::cloneSnapshot, "VOLUME@SNAPSHOT", "NAME");
        add(volume, "rollback", "Gives a volume the contents of its snapshot again.", VolumeActions::rollback,
                "VOLUME@SNAPSHOT");
        add(volume, "delete", "Deletes a volume or a snapshot.", VolumeActions::delete, "VOLUME[@SNAPSHOT]")
                .addOption(flag(WITH_SNAPSHOTS, "delete the volume's snapshots with it"));
        add(volume, "rename", "Gives a volume another name.", VolumeActions::rename, "VOLUME", "NAME");
        add(volume, "scrub", "Reads everything and compares it with its checksums; status 1 if something is damaged.",
                VolumeActions::scrub, "VOLUME[@SNAPSHOT]");
        add(volume, "import", "Makes a volume with the contents of an image.", VolumeActions::importImage, "FILE",
                "NAME").addOption(format()).addOption(block()).addOption(compression());
        add(volume, "export", "Writes an image of a volume or a snapshot, with holes where nothing is.",
                VolumeActions::exportImage, "VOLUME[@SNAPSHOT]", "FILE").addOption(format())
                .addOption(flag(REPLACE, "replace a file that is there"));
        CommandSpec root = group("isthmus-blk", "Serves disks to virtual machines, and looks after volumes.");
        root.addOption(value(DIRECTORY, "DIR", "where volumes are; " + Volumes.DEFAULT_DIRECTORY + " by default")
                .scopeType(ScopeType.INHERIT).build());
        root.addOption(OptionSpec.builder(JSON).description("print JSON").scopeType(ScopeType.INHERIT).build());
        root.addSubcommand("volume", volume);
        var command = new CommandLine(root);
        command.setExpandAtFiles(false);
        command.setUsageHelpLongOptionsMaxWidth(40);
        return command;
    }

    private static CommandSpec group(String name, String description) {
        CommandSpec spec = CommandSpec.create().name(name).addOption(help());
        spec.usageMessage().description(description).sortOptions(false);
        return spec;
    }

    private static CommandSpec add(CommandSpec group, String name, String description, VolumeAction action,
            String... positions) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name(name).addOption(help());
        spec.usageMessage().description(description).sortOptions(false);
        for (int i = 0; i < positions.length; i++) {
            spec.addPositional(PositionalParamSpec.builder().index(Integer.toString(i)).paramLabel(positions[i])
                    .type(String.class).required(true).build());
        }
        group.addSubcommand(name, spec);
        return spec;
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help").usageHelp(true).description("print this and end").build();
    }

    private static OptionSpec.Builder value(String name, String label, String description) {
        return OptionSpec.builder(name).type(String.class).paramLabel(label).description(description);
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).description(description).build();
    }

    private static OptionSpec block() {
        return value(BLOCK, "BYTES", "unit in which the volume takes and frees space: 4K (the default) to 64K").build();
    }

    private static OptionSpec compression() {
        return value(COMPRESSION, "lz4|zstd|none", "how blocks are stored; lz4 by default").build();
    }

    private static OptionSpec format() {
        return value(FORMAT, "FORMAT", "of the image: raw (the default), or what qemu-img knows, such as qcow2")
                .build();
    }

    /** What the subcommand does; null for one that only has subcommands. */
    static @Nullable VolumeAction action(ParseResult parsed) {
        return parsed.commandSpec().userObject() instanceof VolumeAction action ? action : null;
    }

    static String path(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }
}
