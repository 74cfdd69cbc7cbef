// The life of a project, driven by Qovery's official TypeScript client. Compiled by tsc --strict, so that
// what is asked and what is read of the answers fits that client's own types; each step also looks.
import assert from "node:assert/strict";
import {
  APIVariableScopeEnum,
  ApplicationLogsApi,
  ApplicationsApi,
  ClustersApi,
  Configuration,
  ContainerRegistriesApi,
  ContainersApi,
  DatabaseModeEnum,
  DatabaseTypeEnum,
  DatabasesApi,
  EnvironmentActionsApi,
  EnvironmentDeploymentHistoryApi,
  EnvironmentLogsApi,
  EnvironmentMainCallsApi,
  EnvironmentsApi,
  GitProviderEnum,
  HelmRepositoriesApi,
  HelmsApi,
  JobsApi,
  OrganizationMainCallsApi,
  ProjectMainCallsApi,
  ProjectsApi,
  VariableMainCallsApi,
} from "qovery-typescript-axios";

const basePath = process.env.QOVERY_API_URL;
const config = new Configuration({ basePath, apiKey: `Token ${process.env.QOVERY_API_TOKEN}` });
const environments = new EnvironmentMainCallsApi(config);
let steps = 0;

function step(what: string, holds: boolean): void {
  assert.ok(holds, what);
  steps += 1;
}

async function until(environmentId: string, state: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { data } = await environments.getEnvironmentStatuses(environmentId);
    if (data.environment.last_deployment_state === state && data.environment.state === state) return;
    assert.ok(!data.environment.state.endsWith("ERROR"), data.environment.state);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`the environment never became ${state}`);
}

async function main(): Promise<void> {
  const [organization] = (await new OrganizationMainCallsApi(config).listOrganization()).data.results ?? [];
  const [cluster] = (await new ClustersApi(config).listOrganizationCluster(organization.id)).data.results ?? [];
  const projects = new ProjectsApi(config);
  const project = (await projects.createProject(organization.id, { name: "official" })).data;
  const listed = (await projects.listProject(organization.id)).data.results ?? [];
  step("a project that was created is listed", listed.some((one) => one.id === project.id));

  const environment = (
    await new EnvironmentsApi(config).createEnvironment(project.id, { name: "one", cluster: cluster.id })
  ).data;
  step("an environment knows its project", environment.project.id === project.id);

  const healthchecks = {};
  const git_repository = { url: "https://github.com/acme/api.git", branch: "main", provider: GitProviderEnum.GITHUB };
  const registry = (
    await new ContainerRegistriesApi(config).listContainerRegistry(organization.id)
  ).data.results?.[0];
  const repository = (await new HelmRepositoriesApi(config).listHelmRepository(organization.id)).data.results?.[0];
  assert.ok(registry && repository);
  const image = { image_name: "acme/worker", tag: "1.0.0", registry_id: registry.id };
  const application = (
    await new ApplicationsApi(config).createApplication(environment.id, { name: "api", git_repository, healthchecks })
  ).data;
  const container = (
    await new ContainersApi(config).createContainer(environment.id, { name: "worker", ...image, healthchecks })
  ).data;
  const database = (
    await new DatabasesApi(config).createDatabase(environment.id, {
      name: "orders",
      type: DatabaseTypeEnum.POSTGRESQL,
      version: "16",
      mode: DatabaseModeEnum.CONTAINER,
    })
  ).data;
  const job = (
    await new JobsApi(config).createJob(environment.id, {
      name: "nightly",
      healthchecks,
      source: { image },
      schedule: { cronjob: { scheduled_at: "0 3 * * *" } },
    })
  ).data;
  const helm = (
    await new HelmsApi(config).createHelm(environment.id, {
      name: "grafana",
      auto_deploy: false,
      allow_cluster_wide_resources: false,
      arguments: [],
      values_override: {},
      source: { helm_repository: { repository: repository.id, chart_name: "grafana", chart_version: "8.0.0" } },
    })
  ).data;
  step("a job with a schedule is a cron job", job.job_type === "CRON");
  step("services know their environment", [application, container, database].every((one) => one.environment?.id === environment.id));
  step("a chart has its source back", "repository" in helm.source);

  const variables = new VariableMainCallsApi(config);
  const scope = { variable_scope: APIVariableScopeEnum.APPLICATION, variable_parent_id: application.id };
  const plain = (await variables.createVariable({ key: "MODE", value: "fast", is_secret: false, ...scope })).data;
  await variables.createVariable({ key: "PASSWORD", value: "hidden", is_secret: true, ...scope });
  const all = (await variables.listVariables(application.id, APIVariableScopeEnum.APPLICATION)).data.results ?? [];
  step("a variable has its value", all.some((one) => one.key === "MODE" && one.value === "fast"));
  step("a secret does not", all.some((one) => one.key === "PASSWORD" && !one.value));
  await variables.deleteVariable(plain.id);

  const actions = new EnvironmentActionsApi(config);
  const accepted = (await actions.deployEnvironment(environment.id)).data;
  step("a deployment is a request", Boolean(accepted.deployment_request_id));
  await until(environment.id, "DEPLOYED");
  const statuses = (await environments.getEnvironmentStatuses(environment.id)).data;
  const ours = [...(statuses.applications ?? []), ...(statuses.containers ?? []), ...(statuses.databases ?? []),
    ...(statuses.jobs ?? []), ...(statuses.helms ?? [])];
  step("all five services are deployed", ours.length === 5 && ours.every((one) => one.state === "DEPLOYED"));
  const history = await new EnvironmentDeploymentHistoryApi(config).listEnvironmentDeploymentHistoryV2(environment.id);
  step("the deployment is history", history.data.results?.[0]?.status === "DEPLOYED");
  const lines = (await new EnvironmentLogsApi(config).listEnvironmentLogs(environment.id)).data;
  step("a deployment leaves logs", lines.length > 0);
  const log = (await new ApplicationLogsApi(config).listApplicationLog(application.id)).data.results ?? [];
  step("a service leaves logs", log.length > 0);

  await actions.stopEnvironment(environment.id);
  await until(environment.id, "STOPPED");
  const clone = (await actions.cloneEnvironment(environment.id, { name: "two" })).data;
  const cloned = (await new ApplicationsApi(config).listApplication(clone.id)).data.results ?? [];
  step("a clone has services of its own", cloned.length === 1 && cloned[0].id !== application.id);

  await new ProjectMainCallsApi(config).deleteProject(project.id);
  const gone = await environments.getEnvironment(clone.id).then(() => 200, (error) => error.response.status);
  step("what was in a deleted project is gone", gone === 404);
  console.log(`${steps} steps hold`);
}

main().catch((error) => {
  console.error(error.response?.data ?? error);
  process.exit(1);
});
