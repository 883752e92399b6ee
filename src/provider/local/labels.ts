/** The management plane that a container or network belongs to. */
export const OWNER_LABEL = "clocker.owner";
/** The request that a machine was made for. */
export const MACHINE_LABEL = "clocker.machine";
/** The fixed address of a machine, so that it is known while the machine is stopped. */
export const ADDRESS_LABEL = "clocker.machine.address";
/** The fingerprint of a machine's host key. */
export const HOST_KEY_LABEL = "clocker.machine.host-key";
/** The recipe that an image was made by. */
export const RECIPE_LABEL = "clocker.recipe";
