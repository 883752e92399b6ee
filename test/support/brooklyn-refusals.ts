/** Blueprints of Brooklyn's own tests that are not accepted, and why. */
export interface Refusal {
  /** The test's class and method, or the file. */
  readonly where: RegExp;
  readonly error: RegExp;
  readonly reason: string;
}

const anywhere = /./;

/** Brooklyn's test says so itself, or its parser does. */
const refusedByBrooklynToo: readonly Refusal[] = [
  { where: /ConfigYamlTest\.\w+CoercionFails$/, error: /config "test\.conf(Integer|Double)" of "TestEntity": .* is not a (whole )?number/, reason: "Brooklyn refuses the value too, when it makes the entity" },
  { where: /ValidationMissingTypeYamlTest/, error: /a service needs a type|an item of brooklyn\.(policies|enrichers) needs a type|unknown policy "does_not_exist"/, reason: "What the test is about" },
  { where: /TagsYamlTest\.testBrooklynCampTagsFailNonList/, error: /brooklyn\.tags must be a list/, reason: "What the test is about" },
  { where: /testGoodErrorOnServicesBlockWithType/, error: /either services or a type, not both/, reason: "What the test is about" },
  { where: /test-framework-examples\/.*\.yml$/, error: /more than one document/, reason: "Several examples in one file" },
  { where: /postgresql-chef\.yaml$/, error: /Invalid YAML: alias/, reason: "No YAML: a value is *" },
  { where: /opengamma-cluster\.yaml$/, error: /Invalid YAML/, reason: "No YAML: a list's item is text and a map" },
  { where: /kubectl\/sample-.*\.yaml$/, error: /Invalid YAML: comments must be separated/, reason: "A FreeMarker template ([#ftl]) and no YAML yet" },
  { where: /CatalogYamlRebindTest/, error: /Invalid YAML: plain value cannot start with directive indicator character %/, reason: "A format (%s) that the test fills in" },
];

const notHere: readonly Refusal[] = [
  { where: anywhere, error: /unknown type "org\.apache\.brooklyn\.entity\.(webapp\.(ControlledDynamicWebAppCluster|jboss\.)|nosql\.|messaging\.|proxy\.nginx\.|database\.postgresql\.)/, reason: "The catalog does not have this technology" },
  { where: anywhere, error: /unknown type "chef:/, reason: "Chef is not supported" },
  { where: /Osgi|osgi|ReferencedYaml|yaml-ref|CatalogMakeOsgiBundleTest|UpgradeCatalog/, error: /test\.osgi\.entities|GetFileContentsEffector|"more-policy:2\.0\.test" is a kind of entity|unknown (type|policy) "(t1|basic1|simple-entity:1(\.0)?|references-simple-entity|more-(entity|policy)[\w.-]*:[\w.]+|item-from-library|parent-with-child-from-library|one:1(\.0\.0)?|back-reference)"/, reason: "Java classes in OSGi bundles are not supported" },
  { where: /ExternalConfigYamlTest/, error: /unknown itemType "\$brooklyn:external/, reason: "Expressions in a bundle's metadata are not resolved" },
];

/** What the text alone cannot do, as the test does something before that is no text. */
const madeByTheTest: readonly Refusal[] = [
  { where: anywhere, error: /unknown type "(item-from-test|yaml\.basic:0\.1\.2|a9|my_app_template|parentId:0\.1\.0|myitem|my\.catalog\.app\.id\.basic|test|entity-typed-parameter|EmptySoftwareProcess-with-conf)"/, reason: "The test adds the item with a text that it makes when it runs" },
  { where: anywhere, error: /^Cannot find (https:\/\/(github|raw\.githubusercontent)\.com\/|classpath:\/\/yaml-ref-(parent|back)-catalog\.bom)/, reason: "A file that is in no jar of the tests" },
  { where: /ApplicationsYamlTest\.testNamePrecedence/, error: /unknown type "app3a"/, reason: "The bundle has two lists of items, of which the last counts; Brooklyn makes a type of the first known all the same" },
];

export const refusals: readonly Refusal[] = [...refusedByBrooklynToo, ...notHere, ...madeByTheTest];
