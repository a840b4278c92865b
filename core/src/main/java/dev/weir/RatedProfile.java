// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Profile;
import dev.weir.store.ItemTemplate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A profile with what each rule asks of the store for it, in the order of the rules; of a rule that limits nothing for
 * it, an empty list. The same profile under other versions is worked out when it is asked for. Thread-safe.
 */
final class RatedProfile {

    private static final int MAX_VERSIONS = 100;

    private final Profile profile;
    private final long version;
    private final List<List<ItemTemplate>> templates;
    private final LimitCompiler compiler;
    private final Map<Long, RatedProfile> versions;

    RatedProfile(Profile profile, long version, List<List<ItemTemplate>> templates, LimitCompiler compiler) {
        this(profile, version, templates, compiler, new ConcurrentHashMap<>(0));
    }

    private RatedProfile(
            Profile profile,
            long version,
            List<List<ItemTemplate>> templates,
            LimitCompiler compiler,
            Map<Long, RatedProfile> versions) {
        this.profile = profile;
        this.version = version;
        this.templates = templates;
        this.compiler = compiler;
        this.versions = versions;
    }

    Profile profile() {
        return profile;
    }

    List<List<ItemTemplate>> templates() {
        return templates;
    }

    /** The same numbers under another version, made once for all who ask for it while it is remembered. */
    RatedProfile at(long wanted) {
        if (wanted == version) {
            return this;
        }
        RatedProfile known = versions.get(wanted);
        if (known == null) {
            if (versions.size() >= MAX_VERSIONS) {
                versions.clear();
            }
            known = new RatedProfile(profile, wanted, compiler.templates(profile, wanted), compiler, versions);
            versions.put(wanted, known);
        }
        return known;
    }
}
