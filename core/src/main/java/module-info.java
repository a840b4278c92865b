// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Weir's core: identity, plans, the decision, configuration, and the contract that stores fulfil. */
@NullMarked
module dev.weir {
    requires transitive io.github.bucket4j.core;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires java.net.http;
    requires jdk.management;
    requires static transitive org.jspecify;

    exports dev.weir;
    exports dev.weir.admission;
    exports dev.weir.anomaly;
    exports dev.weir.config;
    exports dev.weir.identity;
    exports dev.weir.key;
    exports dev.weir.load;
    exports dev.weir.plan;
    exports dev.weir.store;
    exports dev.weir.time;

    uses dev.weir.store.RateLimitStoreFactory;
}
