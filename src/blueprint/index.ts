import { useTextParser } from "../model/types/index.ts";
import { parseYaml } from "./yaml/parse-yaml.ts";

export type { BlueprintTypes } from "./blueprint-types.ts";
export { matchesWhole, PatternError, replaceAll } from "./bounded-regex.ts";
export * from "./catalog/index.ts";
export { type DslProblem, type DslSuppliers, formatString, functionNames, type DslUses, type DslWait, isDeferred, renderTemplate, resolve, urlEncode, usesOf, validateDsl } from "./dsl/index.ts";
export { violation } from "./plan/constraints.ts";
export type { BlueprintWarning } from "./plan/cursor.ts";
export { parameterKey, type ValueTypeLookup } from "./plan/key-table.ts";
export { type Blueprint, type ExaminedBlueprint, examineBlueprint, readBlueprint, readChildren, readConfig, type ReadOptions, readSpec } from "./read-blueprint.ts";
export { fullName, renamedType, shortNames } from "./rename-table.ts";
export { LARGEST_YAML, parseYaml, parseYamlInSlices } from "./yaml/parse-yaml.ts";
export { type Path, type Position, YamlDocument } from "./yaml/yaml-document.ts";

// Maps and lists in text may be YAML from here on, as Brooklyn takes them.
useTextParser((text) => parseYaml(text).value);
