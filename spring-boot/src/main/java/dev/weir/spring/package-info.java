// SPDX-License-Identifier: Apache-2.0
/**
 * Weir in Spring Boot. {@link dev.weir.spring.WeirAutoConfiguration} does all of it; applications name it only to exclude it.
 */
package dev.weir.spring;
