package dev.isthmus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Helm chart, by Helm itself: every object it makes has only fields that Kubernetes knows, of the right types. */
@Tag("deploy")
class ChartIT {

    private static final Path CHART = Host.ROOT.resolve("helm/isthmus").toAbsolutePath();
    private static final long MEBIBYTES_OF_A_BACKEND = 256;

    private static final Map<String, Class<? extends HasMetadata>> MODELS = Map.of("ConfigMap", ConfigMap.class,
            "DaemonSet", DaemonSet.class, "Deployment", Deployment.class, "NetworkPolicy", NetworkPolicy.class,
            "PodDisruptionBudget", PodDisruptionBudget.class, "PodMonitor", PodMonitor.class, "PrometheusRule",
            PrometheusRule.class);

    @TempDir
    private Path directory;

    /** The models keep what they do not know in a map; without that way out, it is an error. */
    private static ObjectMapper strict() {
        return new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).setAnnotationIntrospector(
                new JacksonAnnotationIntrospector() {
                    private static final long serialVersionUID = 1;

                    @Override
                    public Boolean hasAnySetter(Annotated annotated) {
                        return false;
                    }
                });
    }

    private static TemplateCommand template() {
        return new Helm(CHART).template().withName("r").withNamespace("vms").withKubeVersion("1.31.0");
    }

    private static List<HasMetadata> render(String values) throws IOException {
        String rendered = template().withValuesFile(CHART.resolve("ci/" + values + "-values.yaml")).call();
        List<HasMetadata> objects = new ArrayList<>();
        ObjectMapper mapper = strict();
        try (var documents = new YAMLMapper().readerFor(JsonNode.class).<JsonNode>readValues(rendered)) {
            while (documents.hasNextValue()) {
                JsonNode document = documents.nextValue();
                if (document.isObject()) {
                    assertThat(MODELS).containsKey(document.path("kind").asText());
                    objects.add(mapper.treeToValue(document, MODELS.get(document.path("kind").asText())));
                }
            }
        }
        return objects;
    }

    private static <T> List<T> of(List<HasMetadata> objects, Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Test
    void lintFindsNothing() {
        LintResult result = new Helm(CHART).lint().strict().call();
        assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"minimal, 4", "hugepages, 7", "rocksdb, 4", "net, 6", "xen, 3"})
    void everyObjectHasOnlyFieldsThatKubernetesKnows(String values, int objects) throws IOException {
        List<HasMetadata> rendered = render(values);
        assertThat(rendered).hasSize(objects).extracting(object -> object.getMetadata().getName()).allMatch(
                name -> name.startsWith("r-"));
        for (Deployment deployment : of(rendered, Deployment.class)) {
            assertThat(deployment.getSpec().getStrategy().getType()).as("two pods cannot hold one socket").isEqualTo(
                    "Recreate");
            var security = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst()
                    .getSecurityContext();
            assertThat(security.getRunAsNonRoot()).isTrue();
            assertThat(security.getReadOnlyRootFilesystem()).isTrue();
            assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
            assertThat(security.getCapabilities().getAdd()).isEmpty();
        }
    }

    /** A guest of 2 GiB whose memory the back-end may touch first; then guests whose memory is somebody else's. */
    @ParameterizedTest
    @CsvSource({"minimal, 2048", "hugepages, 0", "rocksdb, 0"})
    void limitHasRoomForTheGuestsMemoryIfTheBackendMayTouchItFirst(String values, long mebibytesOfTheGuest)
            throws IOException {
        var limit = of(render(values), Deployment.class).getFirst().getSpec().getTemplate().getSpec().getContainers()
                .getFirst().getResources().getLimits().get("memory");
        assertThat(limit.getNumericalAmount().longValueExact()).isEqualTo((MEBIBYTES_OF_A_BACKEND
                + mebibytesOfTheGuest) * Images.MEBIBYTE);
    }

    @Test
    void rulesAndDashboardAreThoseThatAreShipped() throws IOException {
        List<HasMetadata> objects = render("hugepages");
        assertThat(of(objects, PrometheusRule.class).getFirst().getSpec().getGroups().getFirst().getRules()).extracting(
                "alert").contains("IsthmusBackendDown", "IsthmusRequestStuck");
        assertThat(of(objects, ConfigMap.class)).anySatisfy(map -> assertThat(map.getData().get("isthmus.json"))
                .isEqualTo(Files.readString(Host.ROOT.resolve("packaging/monitoring/isthmus-dashboard.json"))));
    }

    /** The image is missed, and no key. */
    @ParameterizedTest
    @ValueSource(strings = {"minimal", "hugepages"})
    void processTakesTheConfigurationItIsGiven(String values) throws Exception {
        ConfigMap map = of(render(values), ConfigMap.class).stream().filter(each -> each.getData().containsKey(
                "isthmus.yml")).findFirst().orElseThrow();
        Path config = Files.writeString(directory.resolve("isthmus.yml"), map.getData().get("isthmus.yml"));
        try (Program process = Program.start(Host.log("chart"), List.of(Host.ROOT.resolve("bin/isthmus-blk").toString(),
                "--config=" + config))) {
            assertThat(process.ends(Duration.ofSeconds(60))).isTrue();
            assertThat(process.output()).contains("/var/lib/isthmus/root");
            assertThat(process.exitStatus()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "vms[0].guestMemory.kind=shared | guestMemory/kind", //
        "vms[0].guestMemory.size=lots | guestMemory/size", //
        "vms[0].disks[0].hostPath=relative | hostPath", //
        "vms[0].disks[0].claim=also-a-claim | oneOf", //
        "vms[0].name=Upper_Case | /vms/0/name", //
        "resources.limitMemory=1G | limitMemory", //
        "nodeWide.enabeld=true | 'enabeld' not allowed", //
        "runAsUser=0 | runAsUser"})
    void refusesWhatCannotBeMeant(String setting, String message) {
        String[] words = setting.split("=", 2);
        TemplateCommand template = template().withValuesFile(CHART.resolve("ci/minimal-values.yaml")).set(words[0],
                words[1]);
        assertThatThrownBy(template::call).hasMessageContaining("schema").hasMessageContaining(message.strip());
    }

    @Test
    void machineWithoutWordOfItsMemoryIsRefused() {
        TemplateCommand template = template().set("vms[0].name", "vm1").set("vms[0].disks[0].name", "root").set(
                "vms[0].disks[0].hostPath", "/srv/root.img");
        assertThatThrownBy(template::call).hasMessageContaining("missing property 'guestMemory'");
    }
}
