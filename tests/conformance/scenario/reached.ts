// How are services reached: variables, databases, links and domains, clusters and what they cost?
import {
  ApplicationCustomDomainApi, ApplicationMainCallsApi, BillingApi, ClustersApi, DatabaseMainCallsApi, DatabasesApi, DefaultApi,
  VariableMainCallsApi,
} from "qovery-typescript-axios";
import { World, config, holds, same, the } from "./steps";

export async function reached(world: World): Promise<void> {
  await variables(world);
  await databases(world);
  await links(world);
  await clusters(world);
}

async function variables({ project, environment, application }: World): Promise<void> {
  const api = new VariableMainCallsApi(config);
  const add = async (key: string, value: string, is_secret: boolean, variable_scope: "PROJECT" | "APPLICATION", variable_parent_id: string) =>
    (await api.createVariable({ key, value, is_secret, variable_scope, variable_parent_id })).data;
  const level = await add("LEVEL", "info", false, "PROJECT", project.id);
  const secret = await add("PASSWORD", "hidden", true, "APPLICATION", application.id);
  same("a secret has no value", [secret.is_secret, secret.value], [true, null]);
  same("a variable of a service knows it", [secret.service_id, secret.service_name, secret.service_type], [application.id, "api", "APPLICATION"]);
  const override = (await api.createVariableOverride(level.id, { value: "debug", override_scope: "APPLICATION", override_parent_id: application.id })).data;
  same("an override knows what it overrides", [override.key, override.overridden_variable?.id, override.overridden_variable?.value], ["LEVEL", level.id, "info"]);
  const alias = (await api.createVariableAlias(level.id, { key: "LOG_LEVEL", alias_scope: "ENVIRONMENT", alias_parent_id: environment.id })).data;
  same("an alias has the value of its variable", [alias.value, alias.aliased_variable?.key], ["info", "LEVEL"]);
  const all = (await api.listVariables(application.id, "APPLICATION")).data.results!;
  same("an overridden variable stays beside its override", all.filter((one) => one.key === "LEVEL").map((one) => one.value).sort(), ["debug", "info"]);
  holds("all have been updated at some time", all.every((one) => Date.parse(one.updated_at ?? "") > 0));
  const builtIn = all.filter((one) => one.scope === "BUILT_IN");
  holds("there are built-in ones", builtIn.some((one) => one.key === "QOVERY_ENVIRONMENT_ID" && one.value === environment.id));
  const host = the(builtIn, (one) => one.service_name === "orders");
  same("a built-in one is about its service", [host.service_type, host.key.endsWith("_HOST_INTERNAL")], ["DATABASE", true]);
  same("only secrets are listed if asked", (await api.listVariables(application.id, "APPLICATION", true)).data.results?.map((one) => one.key), ["PASSWORD"]);
  const changed = (await api.editVariable(level.id, { key: "LEVEL", value: "warn" })).data;
  same("a change shows", changed.value, "warn");
  same("an alias follows it", the((await api.listVariables(environment.id, "ENVIRONMENT")).data.results, (one) => one.id === alias.id).value, "warn");
  await api.deleteVariable(level.id);
  const left = (await api.listVariables(application.id, "APPLICATION")).data.results!;
  same("a variable goes with its alias and override", left.filter((one) => ["LEVEL", "LOG_LEVEL"].includes(one.key)), []);
}

async function databases({ environment, database }: World): Promise<void> {
  const api = new DatabaseMainCallsApi(config);
  same("PostgreSQL has its port", database.port, 5432);
  holds("a database has a host", database.host);
  const access = (await api.getDatabaseMasterCredentials(database.id)).data;
  same("its credentials lead there", [access.host, access.port], [database.host, 5432]);
  holds("they have a login and a password", access.login && access.password.length > 8);
  same("its version is that of the request", database.version, "16");
  const offered = (await api.listDatabaseVersion(database.id)).data.results!;
  holds("PostgreSQL has versions", offered.some((one) => one.name === "16"));
  const redis = (
    await new DatabasesApi(config).createDatabase(environment.id, { name: "cache", type: "REDIS", version: "7", mode: "CONTAINER", accessibility: "PRIVATE" })
  ).data;
  same("Redis has its port", [redis.port, redis.type], [6379, "REDIS"]);
  const other = (await api.getDatabaseMasterCredentials(redis.id)).data;
  holds("each database has its own password", other.password !== access.password);
}

async function links({ application }: World): Promise<void> {
  const main = new ApplicationMainCallsApi(config);
  const api = new ApplicationCustomDomainApi(config);
  const { ports } = (await main.getApplication(application.id)).data;
  const before = (await main.listApplicationLinks(application.id)).data.results!;
  same("there is a link for each public port", before.map((one) => one.internal_port).sort(), ports!.filter((one) => one.publicly_accessible).map((one) => one.internal_port).sort());
  same("links are those of the service", new Set(before.map((one) => one.service_id)), new Set([application.id]));
  same("they are Qovery's", new Set(before.map((one) => one.is_qovery_domain)), new Set([true]));
  const domain = (await api.createApplicationCustomDomain(application.id, { domain: "api.example.com", generate_certificate: true })).data;
  holds("a domain says where to point it", domain.validation_domain);
  same("a domain has a status", domain.status, "VALIDATION_PENDING");
  const after = (await main.listApplicationLinks(application.id)).data.results!;
  same("a domain is a link", the(after, (one) => !one.is_qovery_domain).url, "https://api.example.com");
  const checks = (await api.checkApplicationCustomDomain(application.id)).data.results!;
  same("a domain is checked", checks.map((one) => one.domain_name), ["api.example.com"]);
  const edited = (await api.editCustomDomain(application.id, domain.id, { domain: "www.example.com", generate_certificate: false })).data;
  same("a domain is changed", [edited.domain, edited.generate_certificate], ["www.example.com", false]);
}

async function clusters({ organization, cluster }: World): Promise<void> {
  const api = new ClustersApi(config);
  const file = String((await api.getClusterKubeconfig(organization.id, cluster.id, true)).data);
  holds("a kubeconfig has the cluster", file.includes(`name: ${cluster.name}`) && file.includes("server: https://"));
  holds("it asks the command line for a token", file.includes("command: qovery"));
  const unknown = String((await api.getClusterKubeconfig("00000000-0000-0000-0000-000000000000", cluster.id, true)).data);
  same("an organization of zeros will do", unknown, file);
  const token = (await new DefaultApi(config).getClusterTokenByClusterId(cluster.id)).data;
  holds("a token of a cluster expires in the future", Date.parse(token.status?.expirationTimestamp ?? "") > Date.parse("2026-01-01"));
  const cost = (await new BillingApi(config).getOrganizationCurrentCost(organization.id)).data;
  same("the cost knows the plan", cost.plan, "ENTERPRISE");
  const before = (await api.getClusterStatus(organization.id, cluster.id)).data;
  same("a cluster has a state", [before.status, before.is_deployed], ["DEPLOYED", true]);
  const deployed = await api.deployCluster(organization.id, cluster.id);
  same("a deployed cluster is a 200, as the command line wants", [deployed.status, deployed.data.cluster_id], [200, cluster.id]);
}
