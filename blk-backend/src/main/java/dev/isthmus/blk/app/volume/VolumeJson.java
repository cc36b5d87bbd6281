package dev.isthmus.blk.app.volume;

import dev.isthmus.blk.store.volume.ScrubReport;
import dev.isthmus.blk.store.volume.VolumeInfo;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers for machines: names in camel case, sizes in bytes. */
final class VolumeJson {
    private VolumeJson() {}

    static Map<String, Object> of(VolumeInfo volume) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", volume.name());
        String problem = volume.problem();
        if (problem != null) {
            json.put("problem", problem);
            return json;
        }
        json.put("id", volume.id());
        json.putAll(of(volume.contents()));
        json.put("blockBytes", volume.blockBytes());
        json.put("compression", volume.compression());
        String process = volume.process();
        if (process != null) {
            json.put("process", process);
        }
        json.put("snapshots", volume.snapshots().stream().map(VolumeJson::of).toList());
        return json;
    }

    private static Map<String, Object> of(VolumeInfo.Snapshot snapshot) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", snapshot.name());
        json.putAll(of(snapshot.contents()));
        return json;
    }

    private static Map<String, Object> of(VolumeInfo.Contents contents) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("created", contents.created().toString());
        json.put("logicalBytes", contents.logicalBytes());
        json.put("allocatedBytes", contents.allocatedBytes());
        json.put("sharedBytes", contents.sharedBytes());
        return json;
    }

    static Map<String, Object> of(String name, ScrubReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("blocks", report.blocks());
        json.put("blockBytes", report.blockBytes());
        json.put("damages", report.damages().stream().map(VolumeJson::of).toList());
        return json;
    }

    private static Map<String, Object> of(ScrubReport.Damage damage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("firstBlock", damage.firstBlock());
        json.put("lastBlock", damage.lastBlock());
        json.put("problem", damage.problem());
        return json;
    }
}
