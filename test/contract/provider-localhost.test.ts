import { LocalhostProvider } from "../../src/provider/localhost/localhost.ts";
import { providerContract } from "./provider.ts";
import { testConfig } from "./provider-config.ts";

providerContract("localhost", { labelsMachines: false, sharesMachine: true }, async () => {
  const config = await testConfig({});
  return { owner: config.owner, open: () => new LocalhostProvider(config) };
});
