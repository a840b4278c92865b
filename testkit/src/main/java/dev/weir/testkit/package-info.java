// SPDX-License-Identifier: Apache-2.0
/**
 * What tests need. {@link dev.weir.testkit.LimitAssertions} checks an application's own limits, with
 * {@link dev.weir.testkit.FakeRequest} and {@link dev.weir.testkit.ManualClock}; {@link
 * dev.weir.testkit.RateLimitStoreContract} checks a store.
 */
package dev.weir.testkit;
