import { notificationSensor } from "../../model/notification.ts";

/** Notifications of failures (Brooklyn's `HASensors`); their values are `FailureDescriptor`s. */
export const ENTITY_FAILED = notificationSensor("ha.entityFailed", "The entity has failed");
export const ENTITY_RECOVERED = notificationSensor("ha.entityRecovered", "The entity has recovered from a failure");
export const CONNECTION_FAILED = notificationSensor("ha.connectionFailed", "A connection has failed");
export const CONNECTION_RECOVERED = notificationSensor("ha.connectionRecovered", "A connection has recovered from a failure");
export const ENTITY_RESTART_FAILED = notificationSensor("ha.entityFailed.restart", "Restarting the failed entity has not helped");
export const ENTITY_REPLACEMENT_FAILED = notificationSensor("ha.entityFailed.replacement", "Replacing a failed member has failed");
