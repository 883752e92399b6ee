import { z } from "zod";

/** Any JSON value, named so that the documentation can refer to it. */
export const JsonValue = z.json().meta({ id: "Json", description: "Any JSON value" });
