import { stepTypes } from "./steps/index.ts";

/** A row of the docs' table. */
export interface WorkflowStep {
  readonly name: string;
  readonly supported: boolean;
  /** How it is written, and how it differs. */
  readonly form: string;
  readonly note: string;
}

/** Brooklyn's steps that there are not, and why. */
const absent: Readonly<Record<string, string>> = {
  "ansible-ssh": "Use `ssh` with `ansible-playbook`",
};

/** Every step of Brooklyn's workflow language, and whether it is there. */
export const workflowSteps: readonly WorkflowStep[] = [
  ...[...stepTypes.values()].map(({ name, form, note = "", isRefused = false }) => ({ name, supported: !isRefused, form, note })),
  ...Object.entries(absent).map(([name, note]) => ({ name, supported: false, form: "", note })),
];
