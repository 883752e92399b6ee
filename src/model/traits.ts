/** Traits that code asks for with `entity.is(...)`, under Brooklyn's names. */

/** Of everything with the effectors `start`, `stop` and `restart`. */
export const STARTABLE = "org.apache.brooklyn.core.entity.trait.Startable";
/** Of everything with the effector `resize`. */
export const RESIZABLE = "org.apache.brooklyn.core.entity.trait.Resizable";
export const APPLICATION = "org.apache.brooklyn.api.entity.Application";
export const GROUP = "org.apache.brooklyn.api.entity.Group";
