import { configKey } from "../../model/config-key.ts";
import { types } from "../../model/types/index.ts";

/** Where the software comes from (Brooklyn's `SoftwareProcess` and download resolvers; reference, 7.3 and A.1). */

export const DOWNLOAD_URL = configKey("download.url", types.string, "URL of the software's archive; may hold ${version}, ${driver.majorVersion}, ${driver.osTag}, ...", { flag: "downloadUrl", inherited: false });
export const DOWNLOAD_ADDON_URLS = configKey("download.addon.urls", types.map(types.string), "URLs of add-ons, by name; each is brought to the install folder, and the install command has its path as DOWNLOAD_ADDON_<NAME>", { flag: "downloadAddonUrls", inherited: false });
export const ARCHIVE_NAME_FORMAT = configKey("archive.nameFormat", types.string, "Name of the folder in the archive, with %s for the version", { flag: "archiveNameFormat", inherited: false });
/** Brooklyn's property of the same name. */
export const LOCAL_REPOSITORY = configKey("brooklyn.downloads.localRepo.path", types.string, "Folder on the management node that is searched first, for <SimpleTypeName>/<version>/<file>; ~ is the home of the server's user", {
  defaultValue: "~/.brooklyn/repository",
});
/** Clocker's own. */
export const DOWNLOAD_CHECKSUM = configKey("download.checksum", types.string, "What the archive must hash to: sha512:..., sha256:... or sha1:...; without it, what is published beside the URL", { inherited: false });
export const DOWNLOAD_UNPACK = configKey("download.unpack", types.boolean, "Whether the archive is unpacked into the run folder before the process is configured, as Brooklyn does", { defaultValue: true, inherited: false });
export const DOWNLOAD_OPTIONAL = configKey("download.optional", types.boolean, "Whether the install command has another source when the archive cannot be had: $DOWNLOAD_FILE is then empty", { defaultValue: false, inherited: false });

export const downloadKeys = [DOWNLOAD_URL, DOWNLOAD_ADDON_URLS, ARCHIVE_NAME_FORMAT, LOCAL_REPOSITORY, DOWNLOAD_CHECKSUM, DOWNLOAD_UNPACK, DOWNLOAD_OPTIONAL] as const;
