// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.security.Principal;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the claims of principals whose classes Weir does not know: {@code Map getTokenAttributes()}, as those of Spring
 * Security have, or {@code getClaim(String)}, as MicroProfile's JsonWebToken has.
 */
final class Claims {

    private static final MethodHandle NONE = MethodHandles.constant(Object.class, null);
    private static final String JSON_STRING = "jakarta.json.JsonString";
    private static final String JSON_NUMBER = "jakarta.json.JsonNumber";

    /* Design: the handles are remembered with the class that they belong to, and hold nothing but that class: neither does
     * Weir keep the class of an application alive, nor does a class of the container keep Weir. So what is remembered must
     * be a handle and no object of a class of ours. */
    private static final ClassValue<MethodHandle> READERS = new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> type) {
            MethodHandle attributes = find(type, "getTokenAttributes", Map.class);
            return attributes != NONE ? attributes : find(type, "getClaim", Object.class, String.class);
        }
    };

    private static final ClassValue<MethodHandle> TEXTS = new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> type) {
            return implementsNamed(type, JSON_STRING) ? find(type, "getString", String.class) : NONE;
        }
    };

    private Claims() {}

    /** The claims of a principal by their names, or null if he has none. */
    static @Nullable Function<String, @Nullable Object> of(Principal principal) {
        MethodHandle reader = READERS.get(principal.getClass());
        if (reader == NONE) {
            return null;
        }
        if (reader.type().parameterCount() == 1) {
            return call(reader, principal) instanceof Map<?, ?> map ? map::get : null;
        }
        return name -> call(reader, principal, name);
    }

    /** A text or number of the JSON API as a text, any other value as it is. */
    static @Nullable Object plain(@Nullable Object value) {
        if (value == null || value instanceof String) {
            return value;
        }
        MethodHandle text = TEXTS.get(value.getClass());
        if (text != NONE) {
            return call(text, value);
        }
        return implementsNamed(value.getClass(), JSON_NUMBER) ? value.toString() : value;
    }

    /** Looks for a public method of a public class or interface, which the principal's own class need not be. */
    private static MethodHandle find(Class<?> type, String name, Class<?> answer, Class<?>... parameters) {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            MethodHandle found = declared(c, name, answer, parameters);
            for (Class<?> face : c.getInterfaces()) {
                found = found == NONE ? find(face, name, answer, parameters) : found;
            }
            if (found != NONE) {
                return found;
            }
        }
        return NONE;
    }

    private static MethodHandle declared(Class<?> type, String name, Class<?> answer, Class<?>... parameters) {
        try {
            Method method = type.getDeclaredMethod(name, parameters);
            if (Modifier.isPublic(type.getModifiers())
                    && Modifier.isPublic(method.getModifiers())
                    && !Modifier.isStatic(method.getModifiers())
                    && answer.isAssignableFrom(method.getReturnType())) {
                MethodHandle handle = MethodHandles.publicLookup().unreflect(method);
                return handle.asType(MethodType.genericMethodType(1 + parameters.length));
            }
        } catch (ReflectiveOperationException e) {
            return NONE; // not there, or not for everybody
        }
        return NONE;
    }

    private static boolean implementsNamed(Class<?> type, String name) {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (Class<?> face : c.getInterfaces()) {
                if (face.getName().equals(name) || implementsNamed(face, name)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable Object call(MethodHandle handle, Object... arguments) {
        try {
            return handle.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the claims cannot be read", e);
        }
    }
}
