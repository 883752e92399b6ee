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
  shell: "It would run commands on the management server; `ssh` runs them on the entity's machine",
  winrm: "There are no Windows machines",
  container: "Deploy a container, or use `ssh`",
  update: "`update-entity` and the like: change the blueprint and apply it",
  "apply-initializer": "Give the initializer in the blueprint",
  "update-children": "Use `foreach` with `add-entity` and `delete-entity`",
  "reparent-entity": "Entities stay where they were made",
  "set-workflow-variable": "Old name of `let`",
  type: "Steps of types that users register are not there",
};

/** Every step of Brooklyn's workflow language, and whether it is there. */
export const workflowSteps: readonly WorkflowStep[] = [
  ...[...stepTypes.values()].map(({ name, form, note = "" }) => ({ name, supported: true, form, note })),
  ...Object.entries(absent).map(([name, note]) => ({ name, supported: false, form: "", note })),
];
