package dev.isthmus.blk.app.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeMainTest {
    @TempDir
    Path home;

    /** What a command said and did. */
    private record Answer(int status, String out, String err) {}

    private Answer run(String... args) {
        List<String> all = new ArrayList<>(List.of("volume"));
        all.addAll(List.of(args));
        all.add("--volumes-dir=" + home.resolve("v"));
        return raw(all.toArray(String[]::new));
    }

    private static Answer raw(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = VolumeMain.run(args, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Answer(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void lifeOfAVolume() throws Exception {
        assertThat(run("create", "--size=1T", "a")).isEqualTo(new Answer(0, "volume a of 1 TiB is made\n", ""));
        assertThat(run("snapshot", "a", "s1").out()).isEqualTo("snapshot a@s1 is made\n");
        assertThat(run("clone", "a@s1", "b").out()).isEqualTo("volume b is a clone of a@s1\n");
        assertThat(run("rollback", "a@s1").status()).isZero();
        assertThat(run("resize", "--size=2T", "b").out()).isEqualTo("volume b has 2 TiB now\n");
        assertThat(run("rename", "b", "c").status()).isZero();
        assertThat(run("scrub", "c").out()).isEqualTo("c: 0 blocks of 4 KiB, all well\n");
        assertThat(run("list").out()).matches("""
                NAME +SIZE +ALLOCATED +SHARED +SNAPSHOTS +IN USE BY
                a +1 TiB .*
                c +2 TiB .*
                """);
        assertThat(run("info", "a").out()).contains("name         a\n", "logical      1 TiB (1099511627776 bytes)\n",
                "in use by    nobody\n", "snapshot     s1, ");
        assertThat(run("delete", "a").err()).contains("has 1 snapshots");
        assertThat(run("delete", "a", "--with-snapshots").out()).isEqualTo("a is deleted\n");
        assertThat(run("delete", "c").status()).isZero();
        assertThat(run("list").out()).hasLineCount(1);
    }

    @Test
    void answersAreJsonWhereThatIsWanted() {
        assertThat(run("list", "--json").out()).isEqualTo("[]\n");
        assertThat(run("--json", "create", "--size=1M", "--block-size=16K", "--compression=none", "a").out())
                .isEqualTo("{\"name\":\"a\"}\n");

        assertThat(run("list", "--json").out()).startsWith("[{\"name\":\"a\",\"id\":\"").endsWith(
                "\"blockBytes\":16384,\"compression\":\"none\",\"snapshots\":[]}]\n").contains(
                        "\"logicalBytes\":1048576");
        assertThat(run("info", "a", "--json").out()).startsWith("{\"name\":\"a\",\"id\":\"");
        assertThat(run("scrub", "a", "--json").out()).isEqualTo(
                "{\"name\":\"a\",\"blocks\":0,\"blockBytes\":16384,\"damages\":[]}\n");
    }

    @Test
    void imagesGoInAndOut() throws Exception {
        byte[] data = new byte[100 * 512];
        data[51_000] = 3;
        Path image = Files.write(home.resolve("in.raw"), data);

        assertThat(run("import", image.toString(), "a").status()).isZero();
        assertThat(run("export", "a", home.resolve("out.raw").toString()).status()).isZero();

        assertThat(home.resolve("out.raw")).hasBinaryContent(data);
    }

    @Test
    void whatCannotBeDoneIsRefusedInALine() {
        assertThat(run("create", "--size=1T", "../a").err()).startsWith("isthmus-blk: \"../a\" is no name");
        assertThat(run("create", "--size=much", "a").err()).startsWith("isthmus-blk: \"much\" is no size");
        assertThat(run("create", "a")).isEqualTo(new Answer(2, "", "isthmus-blk: Missing required option: "
                + "'--size=SIZE'; isthmus-blk volume create --help tells what can be given\n"));
        assertThat(run("info", "a").err()).startsWith("isthmus-blk: volume ").endsWith("/a does not exist\n");
        assertThat(run().err()).contains("what is to be done?");
        assertThat(run("sing").status()).isEqualTo(2);
    }

    @Test
    void directoryMayBeNamedAnywhere() {
        String option = "--volumes-dir=" + home.resolve("w");
        assertThat(raw(option, "volume", "create", "--size=1M", "a").status()).isZero();
        assertThat(raw("volume", option, "list").out()).contains("a ");
        assertThat(raw("volume", "list", "--volumes-dir", home.resolve("w").toString()).out()).contains("a ");
        assertThat(VolumeMain.isMeant(new String[] {option, "volume", "list"})).isTrue();
        assertThat(VolumeMain.isMeant(new String[] {"--socket-path=volume", "--volume=a"})).isFalse();
        assertThat(VolumeMain.isMeant(new String[] {})).isFalse();
    }

    @Test
    void helpListsWhatThereIs() {
        assertThat(run("--help").out()).contains("create", "list", "info", "resize", "snapshot", "clone", "rollback",
                "delete", "rename", "scrub", "import", "export");
        assertThat(run("create", "--help").out()).contains("--size", "--block-size", "--compression",
                "--volumes-dir", "--json");
    }
}
