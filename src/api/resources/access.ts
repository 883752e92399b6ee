import { z } from "zod";
import { isProvisioningAllowed, setProvisioningAllowed } from "../../provider/provisioning-access.ts";
import type { Api, ApiContext } from "../api-context.ts";
import { failures } from "../shapes/api-error.ts";

const tags = ["server"];
const Access = z.object({ locationProvisioningAllowed: z.boolean(), links: z.record(z.string(), z.string()) }).meta({ id: "AccessSummary" });

/** What the server allows: whether locations may give out new machines. */
export function addAccess(api: Api, { plane }: ApiContext): void {
  api.get("/access", { schema: { tags, summary: "What the server allows", response: { 200: Access, ...failures } } }, async () => ({
    locationProvisioningAllowed: isProvisioningAllowed(plane.documents),
    links: { self: "/v1/access" },
  }));

  api.post(
    "/access/locationProvisioningAllowed",
    {
      schema: {
        tags,
        summary: "Allow or forbid that locations give out new machines, until it is changed again; what runs goes on",
        querystring: z.object({ allowed: z.stringbool() }),
        response: { 200: z.unknown().describe("Nothing"), ...failures },
      },
    },
    async ({ query }, reply) => {
      setProvisioningAllowed(plane.documents, query.allowed);
      return reply.code(200).send(undefined);
    },
  );
}
