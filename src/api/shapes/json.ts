import { z } from "zod";
import type { Json } from "../../model/spec.ts";

/** Any JSON value, named so that the documentation can refer to it. Bodies are read as JSON or as forms before: all that may be missing is the value. */
export const JsonValue = z.custom<Json>((value) => value !== undefined, "expected a JSON value").meta({ id: "Json", description: "Any JSON value" });
