/** A part of a name that the user chooses. */
const any = "*";

/** Every property that Clocker or Brooklyn reads; `*` stands for one or more parts of the name that the user chooses. */
export const knownKeys: readonly string[] = [
  "brooklyn.base.dir",
  "brooklyn.datadir",
  "brooklyn.catalog.url",
  "brooklyn.entitlements.global",
  `brooklyn.entitlements.perUser.${any}`,
  `brooklyn.experimental.feature.${any}`,
  `brooklyn.external.${any}`,
  "brooklyn.ha.heartbeatTimeout",
  "brooklyn.ha.pollPeriod",
  "brooklyn.ha.timeoutForInactiveNodeRemovalOnStartup",
  "brooklyn.https.config.laxRedirect",
  "brooklyn.https.config.trustAll",
  `brooklyn.jclouds.${any}`,
  `brooklyn.localhost.${any}`,
  `brooklyn.location.${any}`,
  "brooklyn.managementNodeState.listeners",
  "brooklyn.managementNodeState.listeners.timeout",
  "brooklyn.osgi.cache.clean",
  "brooklyn.osgi.cache.dir",
  "brooklyn.osgi.enabled",
  "brooklyn.persistence.backups.dir",
  "brooklyn.persistence.backups.location.spec",
  "brooklyn.persistence.backups.required",
  "brooklyn.persistence.backups.required.promotion",
  "brooklyn.persistence.bundle.blacklist",
  "brooklyn.persistence.bundle.whitelist",
  "brooklyn.persistence.dir",
  "brooklyn.persistence.dir.required",
  "brooklyn.persistence.location.spec",
  "brooklyn.security.sensitive.fields.ext.blocked.phrases",
  "brooklyn.security.sensitive.fields.plaintext.blocked",
  "brooklyn.security.sensitive.fields.tokens",
  "brooklyn.security.shell.workflow_step.disabled",
  ...["connectTimeout", "host", "localTempDir", "password", "port", "privateKeyData", "privateKeyFile", "privateKeyPassphrase", "publicKeyData", "publicKeyFile"].map(ssh),
  ...["scriptDir", "scripts.ignoreCerts", "sessionTimeout", "sshRetryDelay", "sshToolClass", "sshTries", "sshTriesTimeout", "strictHostKeyChecking", "user"].map(ssh),
  "brooklyn.webconsole.port",
  ...["enabled", "allow.origins", "allow.headers", "allow.credentials", "expose.headers", "max.age", "preflight.error.status", "block.if.unauthorized"].map((key) => `cors.${key}`),
  ...["https.required", "keystore.certificate.alias", "keystore.password", "keystore.url", "login.form", "transport.ciphers", "transport.protocols"].map(security),
  ...["domain_name_regex", "fetch_user_group", "group_config_key", "group_filter", "group_ou", "allowed_realms_regex", "login_info_log"].map((key) => security(`ldap.${key}`)),
  ...["ou", "realm", "recursive", "url", "user_name_regex"].map((key) => security(`ldap.${key}`)),
  ...["audience", "authorizeUrl", "callback", "clientId", "clientSecret", "codeInputParameterName", "codeOutputParameterName"].map((key) => security(`oauth.${key}`)),
  ...["domains", "scope", "tokenResponseKey", "tokenUrl", "users", "validateUrl"].map((key) => security(`oauth.${key}`)),
  ...["provider", "provider.bundle.symbolicName", "provider.bundle.version", "unauthenticated.endpoints", "users"].map(security),
  ...["password", "salt", "sha256"].map((key) => security(`user.${any}.${key}`)),
  "org.apache.brooklyn.server.maxInactiveInterval",
  "org.apache.brooklyn.server.maxSessionAge",
  "org.apache.brooklyn.server.returnStackTraces",
  "workflow.retention.default",
];

/** Config keys that locations have in common: a key of a location that is nearly one of these is most likely a slip. */
export const knownLocationKeys: readonly string[] = [
  ...["address", "allocatePTY", "autoAssignFloatingIp", "availabilityZone", "callerContext", "cloudMachineNamer", "credential", "customTemplateOptionsScriptContents", "defaultImageId"],
  ...["destroyOnFailure", "disableRootAndPasswordSsh", "displayName", "domainName", "dontCreateUser", "dontRequireTtyForSudo", "enabled", "endpoint", "env", "extensions"],
  ...["extraSshPublicKeyData", "extraSshPublicKeyUrls", "generate.hostname", "grantUserSudo", "groupId", "hardwareId", "hosts", "identity", "imageDescriptionRegex", "imageId"],
  ...["imageNameRegex", "inboundPorts", "installDevUrandom", "iso3166", "jclouds.openstack-nova.auto-generate-keypairs", "keyPair", "latitude", "localTempDir", "logCredentials"],
  ...["loginUser", "loginUser.password", "loginUser.privateKeyData", "loginUser.privateKeyFile", "longitude", "lookupAwsHostname", "machineCreateAttempts", "machineCustomizers"],
  ...["maxConcurrentMachineCreations", "minCores", "minDisk", "minRam", "networkName", "noStderrLogging", "noStdoutLogging", "openIptables", "os64Bit", "osFamily", "osVersionRegex"],
  ...["overrideRam", "password", "pollForFirstReachableAddress", "port", "portforwarding.enabled", "privateAddresses", "privateKeyData", "privateKeyFile", "privateKeyPassphrase"],
  ...["provider", "publicKeyData", "publicKeyFile", "region", "required.ports", "runAsRoot", "scpExecutable", "scriptDir", "securityGroups", "setup.script", "setup.script.vars"],
  ...["setup.scripts", "spec", "sshCacheExpiryDuration", "sshExecutable", "stopIptables", "streetAddress", "tags", "tcpPortMappings", "templateOptions", "templateSpec"],
  ...["useJcloudsSshInit", "useMachinePublicAddressAsPrivateAddress", "user", "userMetadata", "userMetadataString", "vmNameMaxLength", "waitForSshable", "waitForWinRmAvailable"],
];

/** Names of location config before Brooklyn 0.6, still taken (`LocationPropertiesFromBrooklynProperties`, `JcloudsPropertiesFromBrooklynProperties`). */
export const hyphenatedLocationKeys: Readonly<Record<string, string>> = {
  "caller-context": "callerContext",
  "display-name": "displayName",
  "hardware-id": "hardwareId",
  "image-description-regex": "imageDescriptionRegex",
  "image-id": "imageId",
  "image-name-regex": "imageNameRegex",
  "private-key-data": "privateKeyData",
  "private-key-file": "privateKeyFile",
  "private-key-passphrase": "privateKeyPassphrase",
  "public-key-data": "publicKeyData",
  "public-key-file": "publicKeyFile",
};

function ssh(key: string): string {
  return `brooklyn.ssh.config.${key}`;
}

function security(key: string): string {
  return `brooklyn.webconsole.security.${key}`;
}
