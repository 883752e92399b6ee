export { submitWorkflow } from "./submit-workflow.ts";
export { workflowInitializers } from "./workflow-initializers.ts";
export { workflowPolicy } from "./workflow-policy.ts";
export { workflowSteps } from "./workflow-steps.ts";
