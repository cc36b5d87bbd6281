package dev.isthmus.blk.app.volume;

import dev.isthmus.blk.store.volume.ScrubReport;
import dev.isthmus.blk.store.volume.VolumeInfo;
import dev.isthmus.blk.store.volume.VolumeReference;
import java.io.IOException;
import java.util.List;

/** The subcommands. */
final class VolumeActions {
    private static final int DAMAGED = 1;

    private VolumeActions() {}

    static int create(VolumeArguments arguments) throws IOException {
        String name = arguments.text(0);
        long sizeBytes = arguments.sizeBytes();
        arguments.volumes().create(name, sizeBytes, arguments.blockBytes(), arguments.compression());
        arguments.done(name, "volume " + name + " of " + HumanSize.of(sizeBytes) + " is made");
        return 0;
    }

    static int list(VolumeArguments arguments) throws IOException {
        List<VolumeInfo> volumes = arguments.volumes().list();
        var table = new Table("NAME", "SIZE", "ALLOCATED", "SHARED", "SNAPSHOTS", "IN USE BY");
        for (VolumeInfo volume : volumes) {
            String problem = volume.problem();
            if (problem != null) {
                table.row(volume.name(), problem, "", "", "", "");
            } else {
                table.row(volume.name(), HumanSize.of(volume.contents().logicalBytes()), HumanSize.of(volume
                        .contents().allocatedBytes()), HumanSize.of(volume.contents().sharedBytes()), Integer.toString(
                                volume.snapshots().size()), volume.process() == null ? "" : "process " + volume
                                        .process());
            }
        }
        arguments.answer(volumes.stream().map(VolumeJson::of).toList(), table.toString());
        return 0;
    }

    static int info(VolumeArguments arguments) throws IOException {
        VolumeInfo volume = arguments.volumes().info(arguments.text(0));
        VolumeInfo.Contents contents = volume.contents();
        var table = new Table("name", volume.name());
        table.row("id", volume.id());
        table.row("created", contents.created().toString());
        table.row("logical", HumanSize.of(contents.logicalBytes()) + " (" + contents.logicalBytes() + " bytes)");
        table.row("allocated", HumanSize.of(contents.allocatedBytes()));
        table.row("shared", HumanSize.of(contents.sharedBytes()));
        table.row("block", HumanSize.of(volume.blockBytes()));
        table.row("compression", volume.compression());
        table.row("in use by", volume.process() == null ? "nobody" : "process " + volume.process());
        for (VolumeInfo.Snapshot snapshot : volume.snapshots()) {
            table.row("snapshot", snapshot.name() + ", " + snapshot.contents().created() + ", " + HumanSize.of(snapshot
                    .contents().allocatedBytes()) + " allocated");
        }
        arguments.answer(VolumeJson.of(volume), table.toString());
        return 0;
    }

    static int resize(VolumeArguments arguments) throws IOException {
        String name = arguments.text(0);
        long sizeBytes = arguments.sizeBytes();
        arguments.volumes().resize(name, sizeBytes, arguments.has(VolumeModel.DISCARD_DATA));
        arguments.done(name, "volume " + name + " has " + HumanSize.of(sizeBytes) + " now");
        return 0;
    }

    static int snapshot(VolumeArguments arguments) throws IOException {
        arguments.volumes().snapshot(arguments.text(0), arguments.text(1));
        String name = arguments.text(0) + "@" + arguments.text(1);
        arguments.done(name, "snapshot " + name + " is made");
        return 0;
    }

    static int cloneSnapshot(VolumeArguments arguments) throws IOException {
        VolumeReference from = arguments.reference(0);
        arguments.volumes().clone(from, arguments.text(1));
        arguments.done(arguments.text(1), "volume " + arguments.text(1) + " is a clone of " + from);
        return 0;
    }

    static int rollback(VolumeArguments arguments) throws IOException {
        VolumeReference to = arguments.reference(0);
        arguments.volumes().rollback(to);
        arguments.done(to.volume(), "volume " + to.volume() + " is as it was in " + to);
        return 0;
    }

    static int delete(VolumeArguments arguments) throws IOException {
        VolumeReference what = arguments.reference(0);
        arguments.volumes().delete(what, arguments.has(VolumeModel.WITH_SNAPSHOTS));
        arguments.done(what.toString(), what + " is deleted");
        return 0;
    }

    static int rename(VolumeArguments arguments) throws IOException {
        arguments.volumes().rename(arguments.text(0), arguments.text(1));
        arguments.done(arguments.text(1), "volume " + arguments.text(0) + " is " + arguments.text(1) + " now");
        return 0;
    }

    static int scrub(VolumeArguments arguments) throws IOException {
        VolumeReference what = arguments.reference(0);
        ScrubReport report;
        try (ProgressLine progress = arguments.progress("scrub")) {
            report = arguments.volumes().scrub(what, progress);
        }
        var text = new StringBuilder(what.toString()).append(": ").append(report.blocks()).append(" blocks of ")
                .append(HumanSize.of(report.blockBytes())).append(report.damages().isEmpty() ? ", all well" : "");
        for (ScrubReport.Damage damage : report.damages()) {
            text.append("\n").append(what).append(": blocks ").append(damage.firstBlock()).append(" to ")
                    .append(damage.lastBlock()).append(" (bytes ").append(damage.firstBlock() * report.blockBytes())
                    .append(" to ").append((damage.lastBlock() + 1) * report.blockBytes() - 1).append(") damaged: ")
                    .append(damage.problem());
        }
        arguments.answer(VolumeJson.of(what.toString(), report), text.toString());
        return report.damages().isEmpty() ? 0 : DAMAGED;
    }

    static int importImage(VolumeArguments arguments) throws IOException {
        String name = arguments.text(1);
        try (ProgressLine progress = arguments.progress("import")) {
            arguments.volumes().importImage(name, arguments.path(arguments.text(0)), arguments.option(
                    VolumeModel.FORMAT, "raw"), arguments.blockBytes(), arguments.compression(), progress);
        }
        arguments.done(name, "volume " + name + " has the contents of " + arguments.text(0));
        return 0;
    }

    static int exportImage(VolumeArguments arguments) throws IOException {
        VolumeReference what = arguments.reference(0);
        try (ProgressLine progress = arguments.progress("export")) {
            arguments.volumes().exportImage(what, arguments.path(arguments.text(1)), arguments.option(
                    VolumeModel.FORMAT, "raw"), arguments.has(VolumeModel.REPLACE), progress);
        }
        arguments.done(what.toString(), what + " is in " + arguments.text(1));
        return 0;
    }
}
