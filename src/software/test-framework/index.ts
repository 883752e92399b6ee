import type { EntityType } from "../../model/entity-type.ts";
import { loopOverGroupMembersTestCase, parallelTestCase, relativeEntityTestCase, testCase } from "./cases.ts";
import { testBase } from "./test-base.ts";
import { simpleShellCommandTest, testEffector, testEndpointReachable, testHttpCall, testSensor, testSshCommand } from "./tests.ts";

/** Brooklyn's test framework: entities that test others, run by starting them. */
export const testEntityTypes: readonly EntityType[] = [testBase, testCase, parallelTestCase, loopOverGroupMembersTestCase, relativeEntityTestCase, testSensor, testEffector, testHttpCall, testSshCommand, simpleShellCommandTest, testEndpointReachable];
