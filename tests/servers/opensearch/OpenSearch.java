import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;

/** One node with the HTTP module, which the distribution would load from a folder: OpenSearch FOLDER PORT. */
class OpenSearch extends Node {
    OpenSearch(Settings settings) {
        super(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "node"), List.of(Netty4Plugin.class), true);
    }

    public static void main(String[] arguments) throws Exception {
        new OpenSearch(Settings.builder().put("path.home", arguments[0]).put("network.host", "127.0.0.1").put("http.port", arguments[1])
            .put("transport.port", "0").put("discovery.type", "single-node").put("cluster.routing.allocation.disk.threshold_enabled", false).build()).start();
        Thread.currentThread().join();
    }
}
