import { z } from "zod";
import { typeByName } from "../../model/types/index.ts";
import type { ConfigSummary } from "../shapes/config-summary.ts";
import { withoutSecret } from "../shapes/secrets.ts";

/** An item of `brooklyn.parameters`, as far as a form needs it; what doesn't fit is left out (reference, 3.6). */
const Parameter = z.object({
  name: z.string(),
  type: z.unknown().optional(),
  label: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  default: z.unknown().optional(),
  pinned: z.boolean().optional().catch(undefined),
  reconfigurable: z.boolean().optional().catch(undefined),
  constraints: z.array(z.unknown()).optional().catch(undefined),
});

/** The keys that a catalog item's plan declares itself. */
export function declaredParameters(plan: Readonly<Record<string, unknown>> | undefined): ConfigSummary[] {
  const declared: unknown = plan?.["brooklyn.parameters"];
  if (!Array.isArray(declared)) return [];
  return (declared as unknown[]).flatMap((each) => {
    const parsed = Parameter.safeParse(typeof each === "string" ? { name: each } : each);
    return parsed.success ? [summaryOf(parsed.data)] : [];
  });
}

function summaryOf(parameter: z.infer<typeof Parameter>): ConfigSummary {
  const { name, label, description, pinned = true, reconfigurable = false, constraints } = parameter;
  const type = typeof parameter.type === "string" ? parameter.type : "string";
  const defaultValue = withoutSecret(name, parameter.default);
  return {
    name,
    type: typeByName(type)?.name ?? type,
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(description === undefined ? {} : { description }),
    ...(label === undefined ? {} : { label }),
    ...(constraints === undefined ? {} : { constraints }),
    reconfigurable,
    pinned,
    links: {},
  };
}
