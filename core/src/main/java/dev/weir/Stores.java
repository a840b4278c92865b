// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.store.RateLimitStore;
import dev.weir.store.RateLimitStoreFactory;
import dev.weir.store.StoreSettings;
import dev.weir.time.TimeSource;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

/** Opens stores by the name of their type, with the class loader that has loaded Weir. */
final class Stores {

    private Stores() {}

    static RateLimitStore open(StoreSettings settings, TimeSource time) {
        Set<String> found = new TreeSet<>();
        for (RateLimitStoreFactory factory :
                ServiceLoader.load(RateLimitStoreFactory.class, Stores.class.getClassLoader())) {
            if (factory.type().equals(settings.type())) {
                return factory.open(settings, time);
            }
            found.add(factory.type());
        }
        throw new IllegalArgumentException("there is no store of type \"" + settings.type() + "\" on the class path"
                + (found.isEmpty() ? "" : ", only " + String.join(", ", found)) + "; add the artifact dev.weir:weir-"
                + settings.type() + "-store");
    }
}
