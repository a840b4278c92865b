// SPDX-License-Identifier: Apache-2.0
package dev.weir.architecture;

import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of the house, as docs/design.md draws them. */
class ArchitectureTest {

    private static final String CORE = "dev.weir";
    private static final String BUCKET4J = "io.github.bucket4j..";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(CORE);
    private static final JavaClasses DROP_IN =
            new ClassFileImporter().importPaths(Path.of(System.getProperty("weir.root"), "dropin/target/classes"));
    private static final JavaClasses TESTS = new ClassFileImporter().importPaths(testClassesOfAllModules());

    private static List<Path> testClassesOfAllModules() {
        try (Stream<Path> modules = Files.list(Path.of(System.getProperty("weir.root")))) {
            return modules.map(module -> module.resolve("target/test-classes"))
                    .filter(Files::isDirectory)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.weir.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void subpackages_doNotKnowTheRoot() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        CORE + ".time",
                        CORE + ".key",
                        CORE + ".identity",
                        CORE + ".plan",
                        CORE + ".store",
                        CORE + ".guard",
                        CORE + ".load",
                        CORE + ".anomaly",
                        CORE + ".admission",
                        CORE + ".config")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CORE)
                .check(MAIN);
    }

    @Test
    void identity_knowsNoPlanAndNoStore() {
        noDependency(CORE + ".identity", CORE + ".plan", CORE + ".store", CORE + ".config");
    }

    @Test
    void plan_knowsNoStore() {
        noDependency(CORE + ".plan", CORE + ".store", CORE + ".config");
    }

    @Test
    void storeContract_knowsOnlyKeysAndTime() {
        noDependency(CORE + ".store", CORE + ".identity", CORE + ".plan", CORE + ".config");
    }

    @Test
    void guard_knowsOnlyTheContract() {
        noDependency(CORE + ".guard", CORE + ".identity", CORE + ".plan", CORE + ".config");
        noClasses()
                .that()
                .resideOutsideOfPackages(CORE, CORE + ".guard")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CORE + ".guard")
                .check(MAIN);
    }

    @Test
    void load_knowsOnlyTime() {
        noDependency(
                CORE + ".load",
                CORE + ".identity",
                CORE + ".plan",
                CORE + ".store",
                CORE + ".config",
                CORE + ".key",
                CORE + ".anomaly");
    }

    @Test
    void anomaly_knowsOnlyWhoAndWhen() {
        noDependency(CORE + ".anomaly", CORE + ".plan", CORE + ".store", CORE + ".config", CORE + ".load");
    }

    @Test
    void admission_knowsNoStoreAndNoFile() {
        noDependency(CORE + ".admission", CORE + ".store", CORE + ".config", CORE + ".guard", CORE + ".load");
    }

    @Test
    void core_knowsNeitherStoresNorFilter() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        CORE,
                        CORE + ".config",
                        CORE + ".identity",
                        CORE + ".plan",
                        CORE + ".store",
                        CORE + ".guard",
                        CORE + ".load",
                        CORE + ".admission",
                        CORE + ".anomaly")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        CORE + ".memory..", CORE + ".redis..", CORE + ".servlet..", CORE + ".testkit..", "jakarta..")
                .check(MAIN);
    }

    @Test
    void storesAndFilter_doNotKnowEachOther() {
        noDependency(CORE + ".memory", CORE + ".servlet", CORE + ".redis");
        noDependency(CORE + ".redis", CORE + ".servlet", CORE + ".memory");
        noDependency(CORE + ".servlet", CORE + ".memory", CORE + ".redis");
    }

    @Test
    void lettuce_isSeenByTheRedisStoreAndSpringBootOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CORE + ".redis", CORE + ".spring")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..", "io.netty..")
                .check(MAIN);
    }

    @Test
    void spring_isSeenByItsOwnModuleOnly() {
        for (JavaClasses classes : new JavaClasses[] {MAIN, DROP_IN}) {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(CORE + ".spring")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.springframework..", CORE + ".spring..")
                    .check(classes);
        }
    }

    /** An application may go without Redis, so one class only names what is of it. */
    @Test
    void springBoot_knowsStoresByTheirContract() {
        noDependency(CORE + ".spring", CORE + ".memory", CORE + ".guard", CORE + ".load", CORE + ".key");
        noClasses()
                .that()
                .resideInAPackage(CORE + ".spring")
                .and()
                .haveNameNotMatching(".*LettuceStores.*")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CORE + ".redis", "io.lettuce..")
                .check(MAIN);
    }

    /** What is shaded with it, it has by the filter. */
    @Test
    void dropIn_knowsTheFilterOnly() {
        classes()
                .that()
                .resideInAPackage(CORE + "..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        CORE + ".dropin", CORE + ".servlet", "jakarta.servlet..", "java..", "org.jspecify..")
                .check(DROP_IN);
        classes().that().arePublic().should(beClosedForExtension()).check(DROP_IN);
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(DROP_IN);
    }

    @Test
    void jackson_isSeenByOnePackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CORE + ".config")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml..", "org.yaml..")
                .check(MAIN);
    }

    /** And by the model that the contract compares stores with. */
    @Test
    void bucket4j_isSeenByTheContractAndStoresOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CORE + ".store", CORE + ".memory", CORE + ".redis", CORE + ".testkit")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BUCKET4J)
                .check(MAIN);
    }

    @Test
    void clocks_areReadInOnePlace() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(CORE + ".time.SystemTime")
                .should()
                .callMethodWhere(target(
                        "reads a clock", owner -> owner.equals("java.lang.System"), "nanoTime", "currentTimeMillis"))
                .orShould()
                .callMethodWhere(target("reads a clock", owner -> owner.startsWith("java.time."), "now"))
                .check(withoutDemo());
    }

    @Test
    void nobodySleeps_neitherInMainNorInTests() {
        for (JavaClasses classes : new JavaClasses[] {MAIN, TESTS}) {
            noClasses()
                    .should()
                    .callMethodWhere(target("sleeps", owner -> owner.equals("java.lang.Thread"), "sleep"))
                    .check(classes);
        }
    }

    /** Tests do: a random one says its seed. */
    @Test
    void main_writesToNoConsole() {
        noClasses()
                .that()
                .resideOutsideOfPackage(CORE + ".testkit")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(withoutDemo());
    }

    /** But for keys, which a store's entries may be themselves. */
    @Test
    void publicClasses_areFinalOrSealedOrInterfaces() {
        classes()
                .that()
                .arePublic()
                .and()
                .areNotInterfaces()
                .and()
                .doNotHaveFullyQualifiedName(CORE + ".store.ItemKey")
                .should(beClosedForExtension())
                .check(withoutDemo());
    }

    @Test
    void bucket4jTypes_showInNoSignatureOfTheRootPackage() {
        classes()
                .that()
                .resideInAPackage(CORE)
                .and()
                .arePublic()
                .should(showNoTypeOf("io.github.bucket4j"))
                .check(MAIN);
    }

    private static JavaClasses withoutDemo() {
        return MAIN.that(new DescribedPredicate<>("outside of the demo") {
            @Override
            public boolean test(JavaClass type) {
                return !type.getPackageName().startsWith(CORE + ".demo");
            }
        });
    }

    private static void noDependency(String from, String... to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(to)
                .check(MAIN);
    }

    private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaMethodCall> target(
            String description, java.util.function.Predicate<String> owner, String... names) {
        return DescribedPredicate.describe(
                description,
                call -> owner.test(call.getTargetOwner().getName())
                        && Stream.of(names).anyMatch(call.getName()::equals));
    }

    private static ArchCondition<JavaClass> beClosedForExtension() {
        return new ArchCondition<>("be final, sealed, abstract for a purpose, or a published test") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean closed =
                        type.getModifiers().contains(FINAL) || type.reflect().isSealed() || type.isEnum();
                events.add(new SimpleConditionEvent(type, closed, type.getName() + " can be extended by anybody"));
            }
        };
    }

    private static ArchCondition<JavaClass> showNoTypeOf(String packageName) {
        return new ArchCondition<>("show no type of " + packageName) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaMember member : type.getMembers()) {
                    boolean visible = member.getModifiers().contains(JavaModifier.PUBLIC);
                    boolean shows = Stream.concat(
                                    member instanceof JavaCodeUnit unit
                                            ? unit.getRawParameterTypes().stream()
                                            : Stream.empty(),
                                    member.getAllInvolvedRawTypes().stream())
                            .anyMatch(shown -> shown.getName().startsWith(packageName));
                    if (visible) {
                        events.add(new SimpleConditionEvent(member, !shows, member.getFullName()));
                    }
                }
            }
        };
    }
}
