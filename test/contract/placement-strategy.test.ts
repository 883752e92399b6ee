import { hostState } from "../../src/docker/placement/host-state.ts";
import { strategies } from "../../src/docker/placement/strategies/index.ts";
import { strategyContract } from "./placement-strategy.ts";

for (const [name, definition] of Object.entries(strategies)) {
  strategyContract(name, () => definition.create({}, {}));
  strategyContract(`${name}, with the infrastructure's limits`, () => definition.create({}, { maxContainers: 3, maxCpu: 0.3 }));
}

strategyContract("the host's own state", () => hostState, { reasons: /starting|draining|on fire|\d of \d/ });
