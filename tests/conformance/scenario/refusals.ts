// What is refused, with which reason, and what says that it is made up?
import {
  AccountInfoApi, ApplicationDeploymentRestrictionApi, ApplicationMainCallsApi, CloudProviderCredentialsApi, ClustersApi,
  ContainerMainCallsApi, ContainerRegistriesApi, ContainerRequest, ContainersApi, EnvironmentActionsApi, HelmRepositoriesApi, ProjectsApi,
  ReferralRewardsApi, VariableMainCallsApi,
} from "qovery-typescript-axios";
import { World, config, git, holds, refused, same } from "./steps";

export async function refusals(world: World): Promise<void> {
  const { organization, cluster, registry, charts, environment, application, container } = world;
  const restrictions = new ApplicationDeploymentRestrictionApi(config);
  const rule = { mode: "MATCH", type: "PATH", value: "src" } as const;
  const made = (await restrictions.createApplicationDeploymentRestriction(application.id, rule)).data;
  same("a restriction is carried", [made.mode, made.type, made.value], ["MATCH", "PATH", "src"]);
  const twice = await refused(restrictions.createApplicationDeploymentRestriction(application.id, rule));
  same("a second restriction that says the same is refused", twice.status, 409);
  holds("the refusal names the first", twice.detail.includes(made.id));
  const differs = (await restrictions.createApplicationDeploymentRestriction(application.id, { ...rule, value: "lib" })).data;
  holds("another is not", differs.id !== made.id);

  const used = await refused(new ContainerRegistriesApi(config).deleteContainerRegistry(organization.id, registry.id));
  same("a registry in use is not deleted", used.status, 409);
  holds("the refusal names who uses it", /is used by .+ and \d+ more/.test(used.detail));
  const inUse = await refused(new HelmRepositoriesApi(config).deleteHelmRepository(organization.id, charts.id));
  same("a chart repository in use is not deleted", [inUse.status, inUse.detail.includes("grafana")], [409, true]);
  const busy = await refused(new ClustersApi(config).deleteCluster(organization.id, cluster.id));
  same("a cluster in use is not deleted", busy.status, 409);
  const accounts = new CloudProviderCredentialsApi(config);
  const account = (
    await accounts.createAWSCredentials(organization.id, { type: "AWS_STATIC", name: "main", access_key_id: "AKIA", secret_access_key: "hidden" })
  ).data;
  same("credentials keep their secret", "secret_access_key" in account, false);
  const owner = (
    await new ClustersApi(config).createCluster(organization.id, {
      name: "with account", region: "eu-west-3", cloud_provider: "AWS",
      cloud_provider_credentials: { cloud_provider: "AWS", credentials: { id: account.id, name: account.name }, region: "eu-west-3" },
    })
  ).data;
  const held = await refused(accounts.deleteAWSCredentials(account.id, organization.id));
  same("credentials in use are not deleted", [held.status, held.detail.includes("with account")], [409, true]);
  await new ClustersApi(config).deleteCluster(organization.id, owner.id);
  await accounts.deleteAWSCredentials(account.id, organization.id);
  same("they are once nobody uses them", (await accounts.listAWSCredentials(organization.id)).data.results, []);

  const stored = (await new ContainerMainCallsApi(config).getContainer(container.id)).data;
  const whole = await refused(new ContainerMainCallsApi(config).editContainer(container.id, { ...(stored as unknown as ContainerRequest), registry_id: registry.id }));
  same("a PUT with a whole response is refused", whole.status, 400);
  holds("it is told which keys are read-only", ["'id'", "'created_at'", "'environment'", "read-only"].every((part) => whole.detail.includes(part)));
  const misspelt = await refused(new ApplicationMainCallsApi(config).editApplication(application.id, { healthchecks: {}, ...{ nmae: "api" } }));
  same("a misspelt key is told too", [misspelt.status, misspelt.detail.includes("'nmae'")], [400, true]);
  same("nothing was changed", (await new ContainerMainCallsApi(config).getContainer(container.id)).data.tag, stored.tag);

  const lost = await refused(
    new ContainersApi(config).createContainer(environment.id, { name: "lost", image_name: "a", tag: "1", registry_id: "none", healthchecks: {}, labels_groups: [{ id: "none" }] }),
  );
  holds("a group that does not exist is refused", lost.status >= 400 && lost.status < 500);
  const address = await refused(
    new ApplicationMainCallsApi(config).editApplication(application.id, { name: "api", healthchecks: {}, git_repository: { ...git, url: "nowhere" } }),
  );
  same("a repository needs a URL", [address.status, address.detail.includes("git_repository.url")], [400, true]);
  const taken = await refused(new ProjectsApi(config).createProject(organization.id, { name: "scenario" }));
  same("a name is taken once", [taken.status, taken.detail.includes("scenario")], [409, true]);
  const variables = new VariableMainCallsApi(config);
  const body = { key: "TWICE", value: "1", is_secret: false, variable_scope: "ENVIRONMENT", variable_parent_id: environment.id } as const;
  await variables.createVariable(body);
  same("a key is taken once", (await refused(variables.createVariable(body))).status, 409);
  const none = await refused(new EnvironmentActionsApi(config).cancelEnvironmentDeployment(environment.id));
  holds("what does not run is not cancelled", none.status >= 400 && none.status < 500);

  const invented = await new ReferralRewardsApi(config).getAccountReferral();
  same("what is made up says so", invented.headers["x-qovery-emulator"], "sample");
  const known = await new AccountInfoApi(config).getAccountInformation();
  same("what is not does not", [known.headers["x-qovery-emulator"], known.data.nickname !== undefined], [undefined, true]);
}
