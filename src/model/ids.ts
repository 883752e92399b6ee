const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const LOWER = `${LETTERS}0123456789`;
const MIXED = `${LETTERS}ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789`;

/** Makes ids from a source of random bytes. Brooklyn's clients rely on the shapes (reference, 1.1). */
export interface IdSource {
  /** Entities, locations, adjuncts, machines: 10 characters `[a-z][a-z0-9]{9}`. */
  entityId(): string;
  /** Tasks, nodes, planes: 8 mixed-case alphanumerics. */
  taskId(): string;
}

export function idSource(randomBytes: (size: number) => Uint8Array): IdSource {
  const pick = (alphabet: string, byte: number | undefined) => alphabet.charAt((byte ?? 0) % alphabet.length);
  return {
    entityId: () => {
      const bytes = randomBytes(10);
      let id = pick(LETTERS, bytes[0]);
      for (let i = 1; i < 10; i++) id += pick(LOWER, bytes[i]);
      return id;
    },
    taskId: () => {
      const bytes = randomBytes(8);
      let id = "";
      for (let i = 0; i < 8; i++) id += pick(MIXED, bytes[i]);
      return id;
    },
  };
}
