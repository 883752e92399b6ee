import type { AdjunctType, InitializerType } from "../../src/model/adjunct.ts";
import { configKey } from "../../src/model/config-key.ts";
import { effector } from "../../src/model/effector.ts";
import { defineEntityType, type EntityType } from "../../src/model/entity-type.ts";
import { sensor } from "../../src/model/sensor.ts";
import { types } from "../../src/model/types/index.ts";
import { softwareProcess } from "../../src/software/process/software-process.ts";
import { basicApplication, basicEntity, basicStartable } from "../../src/software/stock/application.ts";

/**
 * What stands for the Java classes of Apache Brooklyn's own tests, so that its test blueprints are read and deployed unmodified: the same
 * names, config keys, flags, sensors and effectors (read from the classes with Brooklyn's `EntityDynamicType`), and as little behaviour.
 */

const CAMP = "org.apache.brooklyn.camp.brooklyn";

const testEntityKeys = [
  configKey("test.attributeAndConfString", types.string, "Config and sensor", { defaultValue: "defaultval" }),
  configKey("test.childSpec", types.entitySpec, "Spec of a child", { aliases: ["childSpec"] }),
  configKey("test.confDouble", types.double, "A double"),
  configKey("test.confInteger", types.integer, "An integer"),
  configKey("test.confListObjThing", types.list(), "A list of anything"),
  configKey("test.confListPlain", types.list(), "A list"),
  configKey("test.confListThing", types.list(types.string), "A list of texts"),
  configKey("test.confMapObjThing", types.map(), "A map of anything"),
  configKey("test.confMapPlain", types.map(), "A map"),
  configKey("test.confMapThing", types.map(types.string), "A map of texts"),
  configKey("test.confName", types.string, "A text", { flag: "confName", defaultValue: "defaultval" }),
  configKey("test.confObject", types.json, "Anything"),
  configKey("test.confPredicate", types.predicate, "A predicate"),
  configKey("test.confSetObjThing", types.set(), "A set of anything"),
  configKey("test.confSetPlain", types.set(), "A set"),
  configKey("test.confSetThing", types.set(types.string), "A set of texts"),
  configKey("test.confString", types.string, "A text", { flag: "confStringAlias", defaultValue: "defaultStringVal" }),
];

const testEntity = defineEntityType({
  name: "org.apache.brooklyn.core.test.entity.TestEntity",
  description: "Brooklyn's entity for tests",
  aliases: ["org.apache.brooklyn.core.test.entity.TestEntityImpl"],
  extends: [basicStartable],
  config: testEntityKeys,
  sensors: [
    sensor("test.attributeAndConfString", types.string, "Config and sensor"),
    sensor("test.myNotif", types.integer, "A notification"),
    sensor("test.name", types.string, "A text"),
    sensor("test.sequence", types.integer, "A number"),
  ],
  effectors: [
    effector("myEffector", "Does nothing", () => Promise.resolve()),
    effector("identityEffector", "Returns its argument", ({ parameters }) => Promise.resolve(parameters["arg"]), { parameters: [{ name: "arg", type: types.json, description: "What to return" }] }),
    effector("sleepEffector", "Waits", () => Promise.resolve(), { parameters: [{ name: "duration", type: types.duration, description: "How long" }] }),
  ],
});

const testApplication = defineEntityType({
  name: "org.apache.brooklyn.core.test.entity.TestApplication",
  description: "Brooklyn's application for tests",
  aliases: ["org.apache.brooklyn.core.test.entity.TestApplicationImpl"],
  extends: [basicApplication],
  sensors: [sensor("test.myattribute", types.string, "A text")],
});

const references = ["app", "bogus", "child1", "child2", "entity1", "entity1a", "entity2", "grandchild1", "grandchild2", "root", "scope_root", "scope_root2"]
  .map((name) => configKey(`test.reference.${name}`, types.entity, "An entity"));

/** Test entities without behaviour: the class, what it extends, its own keys. */
const plain = (name: string, base: EntityType, config: Parameters<typeof defineEntityType>[0]["config"] = [], sensors: Parameters<typeof defineEntityType>[0]["sensors"] = []): EntityType =>
  defineEntityType({ name: `${CAMP}.${name}`, description: "An entity of Brooklyn's tests", extends: [base], config, sensors });

const texts = (...names: string[]) => names.map((name) => configKey(name, types.string, "A text"));

export const brooklynTestEntities: readonly EntityType[] = [
  testEntity,
  testApplication,
  plain("ReferencingYamlTestEntity", basicEntity, references),
  plain("TestEntityWithInitConfig", basicStartable, [configKey("test.entity", types.entity, "An entity")]),
  plain("catalog.SpecParameterUnwrappingTest$ConfigEntityForTest", basicEntity, texts("sample.config")),
  plain("catalog.SpecParameterUnwrappingTest$ConfigAppForTest", basicApplication, texts("sample.config")),
  plain("ConfigParametersYamlTest$TestEntityWithUninheritedConfig", basicEntity),
  plain("ConfigParametersYamlTest$TestEntityWithPinnedConfig", basicEntity, texts("pinned1", "pinned2", "pinned3", "unpinned1", "unpinned2", "unpinned3")),
  plain("ConfigInheritanceYamlTest$MyTestEntity", testEntity, [], [sensor("myTestEntity.sensor", types.string, "A text")]),
  plain("EntitiesYamlTest$CustomTestEntityImpl", testEntity),
  plain("EntitiesYamlTest$TestEntitySynchronizingInStartImpl", testEntity),
  plain("EntitiesYamlTest$TestApplicationSynchronizingInStartImpl", testApplication),
  defineEntityType({ name: "org.apache.brooklyn.entity.software.base.DoNothingSoftwareProcess", description: "A process that is none", extends: [softwareProcess] }),
];

const policyKeys = [
  configKey("test.confName", types.string, "A text", { flag: "confName", defaultValue: "defaultval" }),
  configKey("test.confFromFunction", types.string, "A text", { flag: "confFromFunction" }),
  configKey("test.attributeSensor", types.sensorRef, "A sensor", { flag: "attributeSensor" }),
];

function adjunct(name: string, kind: AdjunctType["kind"], config: AdjunctType["config"]): AdjunctType {
  return { name, kind, displayName: name.slice(name.lastIndexOf(".") + 1), description: "A part of Brooklyn's tests", aliases: [], config, attach: () => () => {} };
}

export const brooklynTestAdjuncts: readonly AdjunctType[] = [
  adjunct("org.apache.brooklyn.core.test.policy.TestPolicy", "policy", policyKeys),
  adjunct("org.apache.brooklyn.core.test.policy.TestEnricher", "enricher", [...policyKeys, configKey("test.targetEntity", types.entity, "An entity"), configKey("test.targetEntity.not.from.name", types.entity, "An entity", { flag: "test.targetEntity.from.flag" })]),
  adjunct(`${CAMP}.TestReferencingPolicy`, "policy", references),
  adjunct(`${CAMP}.TestReferencingEnricher`, "enricher", references),
  adjunct(`${CAMP}.DslAndRebindYamlTest$MyPolicy`, "policy", policyKeys),
  adjunct(`${CAMP}.catalog.SpecParameterUnwrappingTest$ConfigPolicyForTest`, "policy", texts("sample.config")),
];

export const brooklynTestInitializers: readonly InitializerType[] = [
  ...["ConfigBag", "Old", "SimpleField", "FieldsWithConfigKeys", "Static"].map((name) => `TestSensorAndEffectorInitializerBase$TestConfigurableInitializer${name}`),
  ...["", "AcceptingConfigBag", "Final", "OldStyleAcceptingConfigBagOnly"].map((name) => `CustomTypeInitializerYamlTest$TestingCustomInitializerType${name}`),
].map((name) => ({ name: `${CAMP}.${name}`, displayName: name, description: "An initializer of Brooklyn's tests", aliases: [], config: [], apply: () => {} }));
