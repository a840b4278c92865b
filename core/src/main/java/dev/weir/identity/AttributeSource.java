// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import org.jspecify.annotations.Nullable;

/** A request attribute. */
final class AttributeSource implements IdentitySource {

    private final String name;
    private final Names names;

    AttributeSource(String name) {
        this.name = name;
        this.names = new Names("request attribute " + name);
    }

    @Override
    public @Nullable String find(RateLimitRequest request) {
        return names.of(request.attribute(name));
    }
}
