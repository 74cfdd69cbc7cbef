// What do all parts of the scenario share: the client, the count of steps, waiting, and the start of a project.
import assert from "node:assert/strict";
import type { AxiosError } from "axios";
import {
  Application, ApplicationsApi, Cluster, ClustersApi, Configuration, ContainerRegistriesApi, ContainerRegistryResponse,
  ContainerResponse, ContainersApi, Database, DatabasesApi, Environment, EnvironmentMainCallsApi, EnvironmentsApi,
  HelmRepositoriesApi, HelmRepositoryResponse, HelmResponse, HelmsApi, JobResponse, JobsApi, Organization,
  OrganizationMainCallsApi, Project, ProjectsApi, TerraformResponse, TerraformsApi,
} from "qovery-typescript-axios";

export const config = new Configuration({
  basePath: process.env.QOVERY_API_URL,
  apiKey: `Token ${process.env.QOVERY_API_TOKEN}`,
  baseOptions: { headers: { "User-Agent": "Terraform/1.9 scenario" } },
});
export const environments = new EnvironmentMainCallsApi(config);
const done: string[] = [];

/** A step holds if what came back equals what is wanted. */
export function same(what: string, found: unknown, wanted: unknown): void {
  assert.deepEqual(found, wanted, what);
  count(what);
}

export function holds(what: string, found: unknown): void {
  assert.ok(found, what);
  count(what);
}

function count(what: string): void {
  assert.ok(!done.includes(what), `two steps are called: ${what}`);
  done.push(what);
}

export function steps(): number {
  return done.length;
}

/** The error of a request that must be refused: its status and its text. */
export async function refused(request: Promise<unknown>): Promise<{ status: number; detail: string }> {
  try {
    await request;
  } catch (error) {
    const { response } = error as AxiosError<{ detail: string }>;
    assert.ok(response, String(error));
    return { status: response.status, detail: response.data.detail };
  }
  return assert.fail("the request was accepted");
}

/** Asks until the answer is there. The clock of the emulator is fast. */
export async function until<T>(what: string, ask: () => Promise<T>, enough: (found: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await ask();
    if (enough(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return assert.fail(`never: ${what}`);
}

/** Waits for the end of the deployment that was asked for. */
export async function settled(environmentId: string, request: string | null | undefined, state: string) {
  const { data } = await until(
    `${state} of ${environmentId}`,
    () => environments.getEnvironmentStatuses(environmentId),
    ({ data: { environment } }) =>
      environment.deployment_request_id === request && environment.last_deployment_state === state,
  );
  return data;
}

export function the<T>(list: readonly T[] | undefined, suits: (one: T) => boolean): T {
  const found = (list ?? []).filter(suits);
  assert.equal(found.length, 1, `${found.length} of ${(list ?? []).length} suit: ${suits}`);
  return found[0];
}

export interface World {
  organization: Organization;
  cluster: Cluster;
  registry: ContainerRegistryResponse;
  charts: HelmRepositoryResponse;
  project: Project;
  environment: Environment;
  application: Application;
  container: ContainerResponse;
  job: JobResponse;
  helm: HelmResponse;
  terraform: TerraformResponse;
  database: Database;
}

export const git = { url: "https://github.com/acme/api.git", branch: "main", provider: "GITHUB" } as const;
const port = { internal_port: 8080, external_port: 443, publicly_accessible: true, protocol: "HTTP", name: "p8080" } as const;

/** A project with an environment that has a service of each kind. */
export async function begin(): Promise<World> {
  const organization = (await new OrganizationMainCallsApi(config).listOrganization()).data.results![0];
  const cluster = the((await new ClustersApi(config).listOrganizationCluster(organization.id)).data.results, (one) => one.name === "development");
  const registry = (await new ContainerRegistriesApi(config).listContainerRegistry(organization.id)).data.results![0];
  const charts = (await new HelmRepositoriesApi(config).listHelmRepository(organization.id)).data.results![0];
  const project = (await new ProjectsApi(config).createProject(organization.id, { name: "scenario" })).data;
  const environment = (
    await new EnvironmentsApi(config).createEnvironment(project.id, { name: "main", cluster: cluster.id, mode: "STAGING" })
  ).data;
  const id = environment.id;
  const healthchecks = {};
  const image = { image_name: "acme/worker", tag: "1.0.0", registry_id: registry.id };
  return {
    organization, cluster, registry, charts, project, environment,
    application: (
      await new ApplicationsApi(config).createApplication(id, { name: "api", git_repository: git, healthchecks, ports: [port] })
    ).data,
    container: (await new ContainersApi(config).createContainer(id, { name: "worker", ...image, healthchecks, ports: [port] })).data,
    job: (
      await new JobsApi(config).createJob(id, { name: "nightly", healthchecks, source: { image }, schedule: { cronjob: { scheduled_at: "0 3 * * *" } } })
    ).data,
    helm: (
      await new HelmsApi(config).createHelm(id, {
        name: "grafana", auto_deploy: false, allow_cluster_wide_resources: false, arguments: [], values_override: {},
        source: { helm_repository: { repository: charts.id, chart_name: "grafana", chart_version: "8.0.0" } },
      })
    ).data,
    terraform: (
      await new TerraformsApi(config).createTerraform(id, {
        name: "buckets", description: "", engine: "TERRAFORM", backend: { kubernetes: {} },
        auto_deploy_config: { auto_deploy: false, terraform_action: "DEFAULT" },
        provider_version: { explicit_version: "1.9.0" }, job_resources: { cpu_milli: 500, ram_mib: 512, gpu: 0, storage_gib: 1 },
        terraform_files_source: { git_repository: { url: "https://github.com/acme/buckets", branch: "main" } },
        terraform_variables_source: { tf_var_file_paths: ["prod.tfvars"], tf_vars: [{ key: "size", value: "3", secret: false }] },
      })
    ).data,
    database: (
      await new DatabasesApi(config).createDatabase(id, { name: "orders", type: "POSTGRESQL", version: "16", mode: "CONTAINER", accessibility: "PUBLIC" })
    ).data,
  };
}
