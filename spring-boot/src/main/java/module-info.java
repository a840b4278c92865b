// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Weir in Spring Boot 3.5 and 4. */
@NullMarked
module dev.weir.spring {
    requires transitive dev.weir.servlet;
    requires static dev.weir.redis;
    requires static lettuce.core;
    requires static transitive org.jspecify;
    requires spring.beans;
    requires spring.boot;
    requires transitive spring.boot.autoconfigure;
    requires transitive spring.context;
    requires spring.core;

    exports dev.weir.spring;

    opens dev.weir.spring;
}
