/** That a name has no value. */
export const missing: unique symbol = Symbol("missing");
