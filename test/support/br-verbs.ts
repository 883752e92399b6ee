/*
 * Every verb of Brooklyn's command line `br`, in br's own spelling (apache/brooklyn-client, its reference guide and commands). `src/cli/br.test.ts` runs each of them;
 * docs/reference/brooklyn-br.md lists them.
 */

export interface BrVerb {
  /**
   * As br's users write it, words in quotes kept together. `TASK` is the id of a task, `URL` the server's address, `FILE` a blueprint, `BOM` a bundle, `BLUEPRINT-URL` an address of one.
   */
  readonly words: string;
  readonly stdin?: string;
  /** What standard output must hold. */
  readonly prints: RegExp;
}

export const MORE = "services: [{type: test-service, name: More}]";
const WEB = 'app Shop ent "Web Front"';

/** Under what headings the page lists them. */
export const brVerbs: Readonly<Record<string, readonly BrVerb[]>> = {
  Server: [
    { words: "login URL", prints: /^Connected to Clocker/ },
    { words: "login URL bob secret", prints: /^Connected to Clocker/ },
    { words: "login URL --noCredentials --skipSslChecks -H X-Team=a", prints: /^Connected to Clocker/ },
    { words: "login URL --authorization=Bearer:abc", prints: /^Connected to Clocker/ },
    { words: "logout", prints: /^$/ },
    { words: "version", prints: /Server +0\.1\.0-test/ },
    { words: "access", prints: /locationProvisioningAllowed +true/ },
    { words: "help", prints: /Usage: clocker/ },
    { words: "help deploy", prints: /Usage: clocker deploy/ },
  ],
  Applications: [
    { words: "application", prints: /Shop +RUNNING/ },
    { words: "applications", prints: /Shop +RUNNING/ },
    { words: "apps", prints: /Shop +RUNNING/ },
    { words: "a", prints: /Shop +RUNNING/ },
    { words: "application Shop", prints: /Status +RUNNING/ },
    { words: "list application", prints: /Shop +RUNNING/ },
    { words: "list applications", prints: /Shop +RUNNING/ },
    { words: "app Shop spec", prints: /services:/ },
    { words: "app Shop rename Store", prints: /^$/ },
    { words: "app Shop delete", prints: /Name +Destroying|Id / },
    { words: "deploy FILE", prints: /Id / },
    { words: "deploy BLUEPRINT-URL", prints: /Id / },
    { words: "deploy -", stdin: MORE, prints: /Id / },
    { words: "tree", prints: /^Shop/ },
  ],
  Entities: [
    { words: "app Shop list entities", prints: /Web Front/ },
    { words: "app Shop entity", prints: /Web Front/ },
    { words: "app Shop entities", prints: /Web Front/ },
    { words: 'app Shop entity "Web Front"', prints: /State +RUNNING/ },
    { words: 'app Shop ent -c "Web Front"', prints: /^ID +NAME/ },
    { words: `${WEB} entity`, prints: /^ID +NAME/ },
    { words: `${WEB} spec`, prints: /^(.|\n)*$/ },
    { words: `${WEB} rename Front`, prints: /^$/ },
    { words: `${WEB} add-children FILE`, prints: /Id / },
    { words: `${WEB} add-children -`, stdin: MORE, prints: /Id / },
  ],
  "Sensors and config": [
    { words: `${WEB} list sensors`, prints: /main\.uri/ },
    { words: "app Shop config", prints: /^KEY/ },
    { words: 'a Shop e "Web Front" s', prints: /main\.uri/ },
    { words: "app Shop sensor", prints: /service\.isUp +true/ },
    { words: "app Shop sensor service.isUp", prints: /^true$/m },
    { words: `${WEB} sensor`, prints: /main\.uri/ },
    { words: `${WEB} sensor main.uri`, prints: /^http:\/\/127\.0\.0\.1:49153\/$/m },
    { words: `${WEB} sens main.uri`, prints: /^http/ },
    { words: `${WEB} sensor test.count set 7`, prints: /^$/ },
    { words: `${WEB} config`, prints: /test\.size +4/ },
    { words: `${WEB} config test.size`, prints: /^4$/m },
    { words: `${WEB} config test.size set 12`, prints: /^$/ },
    { words: `${WEB} conf test.size`, prints: /^4$/m },
  ],
  Effectors: [
    { words: `${WEB} list effectors`, prints: /^echo /m },
    { words: "app Shop start", prints: /^$/ },
    { words: "app Shop restart", prints: /^$/ },
    { words: "app Shop stop", prints: /^$/ },
    { words: `${WEB} effector`, prints: /^echo /m },
    { words: "app Shop effector", prints: /^stop /m },
    { words: `${WEB} effector echo`, prints: /Returns +java\.util\.Map/ },
    { words: `${WEB} effector say invoke`, prints: /^hello$/m },
    { words: `${WEB} effector echo invoke -P text=hi -P size=2`, prints: /"text": "hi"/ },
    { words: `${WEB} effector echo invoke --param text=@FILE`, prints: /type: test-service/ },
    { words: `${WEB} effector say invoke --timeout 0`, prints: /^hello$/m },
    { words: `${WEB} eff say invoke`, prints: /^hello$/m },
    { words: `${WEB} start`, prints: /^$/ },
    { words: `${WEB} stop`, prints: /^$/ },
    { words: `${WEB} restart`, prints: /^$/ },
    { words: `${WEB} restart -P restartChildren=true`, prints: /^$/ },
    { words: `${WEB} restart restartChildren=true`, prints: /^$/ },
  ],
  Policies: [
    { words: `${WEB} list policies`, prints: /Test policy/ },
    { words: `${WEB} policy`, prints: /Test policy/ },
    { words: `${WEB} pol`, prints: /Test policy/ },
    { words: `${WEB} policy "Test policy"`, prints: /policy\.size +7/ },
    { words: `${WEB} stop-policy "Test policy"`, prints: /^$/ },
    { words: `${WEB} start-policy "Test policy"`, prints: /^$/ },
    { words: `${WEB} destroy-policy "Test policy"`, prints: /^$/ },
  ],
  Activities: [
    { words: "app Shop activity", prints: /Invoking effector start/ },
    { words: `${WEB} activity`, prints: /launch/ },
    { words: `${WEB} activity TASK`, prints: /Name +launch/ },
    { words: `${WEB} act TASK stdout`, prints: /^launching Web Front$/m },
    { words: "activity TASK", prints: /Name +launch/ },
    { words: "activity TASK activity", prints: /^ID +TASK/ },
    { words: "activity -c TASK", prints: /^ID +TASK/ },
    { words: "activity TASK stdout", prints: /^launching/ },
    { words: "act TASK stdout", prints: /^launching/ },
    { words: "activity-stream TASK stdout", prints: /^launching/ },
    { words: "stdout TASK", prints: /^launching/ },
  ],
  "Catalog and locations": [
    { words: "list catalog", prints: /^ID +VERSION/ },
    { words: "locations", prints: /named-place/ },
    { words: "location", prints: /named-place/ },
    { words: "location named-place", prints: /Spec +test:place/ },
    { words: "catalog list", prints: /^ID +VERSION/ },
    { words: "catalog list application", prints: /^ID/ },
    { words: "catalog list entity", prints: /mine +1\.0\.0/ },
    { words: "catalog list ent", prints: /mine +1\.0\.0/ },
    { words: "catalog list location", prints: /^ID/ },
    { words: "catalog list pol", prints: /^ID/ },
    { words: "catalog show entity mine", prints: /type: test-service/ },
    { words: "catalog show e mine:1.0.0", prints: /type: test-service/ },
    { words: "catalog add BOM", prints: /Added other:1\.0\.0/ },
    { words: "add-catalog BOM", prints: /Added other:1\.0\.0/ },
    { words: "catalog delete entity mine:1.0.0", prints: /^$/ },
  ],
  "Flags before the command": [
    { words: "--json $.id app Shop", prints: /^"\w{10}"$/m },
    { words: "-j $ app Shop", prints: /"status": "RUNNING"/ },
    { words: "-j $[*].spec.name app", prints: /"Shop"/ },
    { words: "--raw-output --json $.status app Shop", prints: /^RUNNING$/m },
    { words: "--skipSslChecks apps", prints: /Shop/ },
  ],
};
