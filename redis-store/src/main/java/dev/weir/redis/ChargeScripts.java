// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

/**
 * What decides charges inside Redis.
 *
 * @param alone decides one
 * @param together decides several that came together
 */
record ChargeScripts(Script alone, Script together) {

    static ChargeScripts load(String clock) {
        return new ChargeScripts(Script.load("charge.lua", clock), Script.load("batch.lua", clock));
    }
}
