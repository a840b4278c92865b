// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.security.Principal;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Reading claims ties no class loader to another: neither the application's to Weir nor Weir's to the container. */
class ClaimLoaderTest {

    /** A token of an application, or of a container. */
    public static final class Token implements Principal {
        public Map<String, Object> getTokenAttributes() {
            return Map.of("tid", "acme");
        }

        @Override
        public String getName() {
            return "sub";
        }
    }

    /** Defines some classes itself, as the loader of a web application does. */
    private static final class AppLoader extends ClassLoader {
        private final String own;

        AppLoader(String own) {
            super(ClaimLoaderTest.class.getClassLoader());
            this.own = own;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith(own)) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @Test
    void applicationWhoseTokenWasRead_isForgotten() throws Exception {
        IdentitySource source = IdentitySource.claim("tid"); // stays, as it would in a shared library
        WeakReference<ClassLoader> application = readTokenOfAnApplication(source);
        awaitCleared(application);
        assertThat(source).isNotNull();
    }

    private static WeakReference<ClassLoader> readTokenOfAnApplication(IdentitySource source) throws Exception {
        AppLoader loader = new AppLoader(Token.class.getName());
        Principal token = (Principal)
                loader.loadClass(Token.class.getName()).getDeclaredConstructor().newInstance();
        assertThat(token).isNotInstanceOf(Token.class);
        assertThat(source.find(FakeRequest.get("/").principal(token))).isEqualTo("acme");
        return new WeakReference<>(loader);
    }

    @Test
    void weirThatHasReadATokenOfTheContainer_isForgotten() throws Exception {
        Token token = new Token(); // its class stays, as the container's would
        WeakReference<ClassLoader> weir = readTokenByAnotherWeir(token);
        awaitCleared(weir);
        assertThat(token.getName()).isEqualTo("sub");
    }

    private static WeakReference<ClassLoader> readTokenByAnotherWeir(Principal token) throws Exception {
        AppLoader loader = new AppLoader("dev.weir.identity.Claims");
        Class<?> claims = loader.loadClass("dev.weir.identity.Claims");
        assertThat(claims.getClassLoader()).isSameAs(loader);
        var of = claims.getDeclaredMethod("of", Principal.class);
        of.setAccessible(true);
        assertThat(of.invoke(null, token)).isNotNull();
        return new WeakReference<>(loader);
    }

    private static void awaitCleared(WeakReference<?> reference) {
        for (int i = 0; i < 100 && reference.get() != null; i++) {
            System.gc();
            byte[][] pressure = new byte[16][];
            for (int j = 0; j < pressure.length; j++) {
                pressure[j] = new byte[1 << 20];
            }
            assertThat(pressure).hasDimensions(16, 1 << 20);
        }
        assertThat(reference.get()).as("the class loader").isNull();
    }
}
