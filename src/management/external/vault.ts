import { networkInterfaces } from "node:os";
import { ClockerError } from "../../model/errors.ts";
import { requestText } from "./http-text.ts";
import { requiredSetting, type ExternalSupplier, type SupplierType } from "./supplier.ts";

type Settings = ReadonlyMap<string, string>;
type SignIn = { readonly path: string; readonly body: Readonly<Record<string, string>> };
type Data = Readonly<Record<string, unknown>>;

/** Brooklyn's `VaultTokenExternalConfigSupplier`: values of a Vault server, with a token. */
export const vaultToken = vaultType("VaultTokenExternalConfigSupplier", ["vault-token", "vault"], (supplier, settings) => requiredSetting(supplier, settings, "token"));

/** Brooklyn's `VaultUserPassExternalConfigSupplier`: signs in with a name and a password. */
export const vaultUserPass = vaultType("VaultUserPassExternalConfigSupplier", ["vault-userpass"], (supplier, settings) => ({
  path: `auth/userpass/login/${encodeURIComponent(requiredSetting(supplier, settings, "username"))}`,
  body: { password: requiredSetting(supplier, settings, "password") },
}));

/** Brooklyn's `VaultAppIdExternalConfigSupplier`: signs in with the id of an application, and of this computer: its first MAC address unless given. */
export const vaultAppId = vaultType("VaultAppIdExternalConfigSupplier", ["vault-appid"], (supplier, settings) => ({
  path: "auth/app-id/login",
  body: { app_id: requiredSetting(supplier, settings, "appId"), user_id: settings.get("userId") ?? macAddress() },
}));

function vaultType(name: string, aliases: readonly string[], credentials: (supplier: string, settings: Settings) => string | SignIn): SupplierType {
  return {
    name: `org.apache.brooklyn.core.config.external.vault.${name}`,
    aliases,
    make: (supplier, settings) => new Vault(supplier, settings, credentials(supplier, settings)),
  };
}

class Vault implements ExternalSupplier {
  readonly #supplier: string;
  readonly #endpoint: string;
  readonly #path: string;
  readonly #isVersion2: boolean;
  readonly #signIn: SignIn | undefined;
  #token: Promise<string> | undefined;

  constructor(supplier: string, settings: Settings, credentials: string | SignIn) {
    const version = settings.get("kv-api-version") ?? "1";
    if (version !== "1" && version !== "2") throw new ClockerError("invalid-value", `Cannot use external config supplier "${supplier}": "kv-api-version" is "${version}", expected 1 or 2`);
    const path = requiredSetting(supplier, settings, "path");
    this.#supplier = supplier;
    this.#endpoint = requiredSetting(supplier, settings, "endpoint").replace(/\/+$/, "");
    this.#isVersion2 = version === "2";
    this.#path = this.#isVersion2 ? joined(requiredSetting(supplier, settings, "mountPoint"), "data", path) : joined(settings.get("mountPoint") ?? "", path);
    if (typeof credentials === "string") this.#token = Promise.resolve(credentials);
    this.#signIn = typeof credentials === "string" ? undefined : credentials;
  }

  async get(key: string, signal: AbortSignal): Promise<string | undefined> {
    let answer = await this.#read(signal);
    // A token that was signed in for may have run out: once more with a new one.
    if (answer.status === 403 && this.#signIn !== undefined) {
      this.#token = undefined;
      answer = await this.#read(signal);
    }
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw this.#refused(`reading "${this.#path}"`, answer.status);
    const outer = this.#recordIn(this.#parsed(answer.body), "data");
    const data = this.#isVersion2 ? this.#recordIn(outer, "data") : outer;
    const value = data[key];
    if (value === undefined || value === null) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  }

  async #read(signal: AbortSignal): ReturnType<typeof requestText> {
    this.#token ??= this.#signedIn(signal);
    const token = await this.#token.catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return requestText({ supplier: this.#supplier, method: "GET", url: this.#url(this.#path), headers: { "X-Vault-Token": token }, signal });
  }

  async #signedIn(signal: AbortSignal): Promise<string> {
    const { path, body } = this.#signIn ?? { path: "", body: {} };
    const answer = await requestText({ supplier: this.#supplier, method: "POST", url: this.#url(path), headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal });
    if (answer.status !== 200) throw this.#refused("signing in", answer.status);
    const token = this.#recordIn(this.#parsed(answer.body), "auth")["client_token"];
    if (typeof token !== "string") throw this.#misunderstood();
    return token;
  }

  #url(path: string): string {
    return `${this.#endpoint}/v1/${path}`;
  }

  #parsed(body: string): unknown {
    try {
      return JSON.parse(body) as unknown;
    } catch {
      // The parser's message would quote the answer.
      throw this.#misunderstood();
    }
  }

  #recordIn(value: unknown, name: string): Data {
    const found = isData(value) ? value[name] : undefined;
    if (!isData(found)) throw this.#misunderstood();
    return found;
  }

  #refused(doing: string, status: number): ClockerError {
    const remedy = status === 403 || status === 400 ? "Check its token or credentials, and what they may read" : "Check its endpoint and path";
    return new ClockerError("unreachable", `Cannot read external config supplier "${this.#supplier}": ${doing} answered ${status}`, { remedy });
  }

  #misunderstood(): ClockerError {
    return new ClockerError("unreachable", `Cannot read external config supplier "${this.#supplier}": its answer is not one of Vault's`, { remedy: 'Check "endpoint", "path" and "kv-api-version"' });
  }
}

function joined(...parts: readonly string[]): string {
  return parts
    .flatMap((part) => part.split("/"))
    .filter((part) => part !== "")
    .map(encodeURIComponent)
    .join("/");
}

function isData(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function macAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, mac }) => !internal && mac !== "00:00:00:00:00:00")?.mac ?? "";
}
