// Is a version that is given to a deployment the one that is deployed, and does everything show it?
import {
  ApplicationActionsApi, ApplicationMainCallsApi, ContainerActionsApi, ContainerDeploymentHistoryApi, ContainerMainCallsApi,
  DefaultApi, EnvironmentActionsApi, EnvironmentDeploymentHistoryApi, EnvironmentLogsApi, HelmActionsApi, HelmMainCallsApi,
  JobActionsApi, JobMainCallsApi, VariableMainCallsApi,
} from "qovery-typescript-axios";
import { World, config, environments, holds, same, settled, the } from "./steps";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

export async function versions(world: World): Promise<void> {
  const { environment, application, container, job, helm } = world;
  const actions = new EnvironmentActionsApi(config);
  const first = (await actions.deployEnvironment(environment.id)).data;
  holds("a deployment has a request", first.deployment_request_id);
  const deployed = await settled(environment.id, first.deployment_request_id, "DEPLOYED");
  same("every service is deployed", new Set([...deployed.applications!, ...deployed.jobs!, ...deployed.helms!].map((one) => one.state)), new Set(["DEPLOYED"]));
  const asked = (await new DefaultApi(config).getDeploymentStatusByDeploymentRequestId(first.deployment_request_id!)).data;
  same("a request knows how it ended", [asked.environment_id, asked.status], [environment.id, "DEPLOYED"]);

  // One service at a time.
  const image = (await new ContainerActionsApi(config).deployContainer(container.id, { image_tag: "2.0.0" })).data;
  await settled(environment.id, image.deployment_request_id, "DEPLOYED");
  same("a tag shows in the service", (await new ContainerMainCallsApi(config).getContainer(container.id)).data.tag, "2.0.0");
  const commit = (await new ApplicationActionsApi(config).deployApplication(application.id, { git_commit_id: COMMIT })).data;
  await settled(environment.id, commit.deployment_request_id, "DEPLOYED");
  const repository = (await new ApplicationMainCallsApi(config).getApplication(application.id)).data.git_repository;
  same("a commit shows in the service", repository?.deployed_commit_id, COMMIT);
  holds("a deployed commit has a date", Date.parse(repository?.deployed_commit_date ?? "") > 0);
  const version = (await new HelmActionsApi(config).deployHelm(helm.id, undefined, { chart_version: "9.1.0" })).data;
  await settled(environment.id, version.deployment_request_id, "DEPLOYED");
  const source = (await new HelmMainCallsApi(config).getHelm(helm.id)).data.source;
  same("a chart version shows in the service", "repository" in source && source.repository.chart_version, "9.1.0");
  const tag = (await new JobActionsApi(config).deployJob(job.id, undefined, { image_tag: "2.1.0" })).data;
  await settled(environment.id, tag.deployment_request_id, "DEPLOYED");
  const origin = (await new JobMainCallsApi(config).getJob(job.id)).data.source;
  same("the tag of a job shows in the service", origin && "image" in origin && origin.image.tag, "2.1.0");

  // Many at once.
  const all = (
    await actions.deployAllServices(environment.id, {
      applications: [{ application_id: application.id, git_commit_id: COMMIT.replace("0", "f") }],
      containers: [{ id: container.id, image_tag: "3.0.0" }],
      jobs: [{ id: job.id, image_tag: "3.1.0" }],
      helms: [{ id: helm.id, chart_version: "10.0.0" }],
    })
  ).data;
  const together = await settled(environment.id, all.deployment_request_id, "DEPLOYED");
  same("one request deploys many", (await new ContainerMainCallsApi(config).getContainer(container.id)).data.tag, "3.0.0");
  const part = the(together.containers, (one) => one.id === container.id);
  same("a service took part", [part.is_part_last_deployment, part.service_deployment_status], [true, "UP_TO_DATE"]);
  same("a service that was not named did not", the(together.databases, (one) => one.id === world.database.id).is_part_last_deployment, false);

  const history = new EnvironmentDeploymentHistoryApi(config);
  const newest = (await history.listEnvironmentDeploymentHistoryV2(environment.id)).data.results![0];
  same("the new history has the request", newest.identifier.execution_id !== undefined, true);
  same("the new history has its end", [newest.status, newest.trigger_action], ["DEPLOYED", "DEPLOY"]);
  const details = newest.stages.flatMap((stage) => stage.services).map((one) => one.details as unknown as Record<string, unknown>);
  holds("the new history has the tag", details.some((one) => one.tag === "3.0.0"));
  holds("the new history has the commit", details.some((one) => (one.commit as { git_commit_id?: string } | undefined)?.git_commit_id === COMMIT.replace("0", "f")));
  holds("the new history has the chart version", details.some((one) => (one.repository as { chart_version?: string } | undefined)?.chart_version === "10.0.0"));
  const older = (await history.listEnvironmentDeploymentHistory(environment.id)).data.results!;
  same("the older history has as many", older.length, 6);
  same("the older history has the tag", older[0].containers?.map((one) => one.tag), ["3.0.0"]);
  same("the older history has the commit", older[0].applications?.[0].commit?.git_commit_id, COMMIT.replace("0", "f"));
  const own = (await new ContainerDeploymentHistoryApi(config).listContainerDeploymentHistoryV2(container.id)).data.results!;
  same("a service has its own history", own.length, 3);
  same("that history has the tags", own.map((one) => (one.details as unknown as { tag: string }).tag), ["3.0.0", "2.0.0", "1.0.0"]);

  const logs = new EnvironmentLogsApi(config);
  const latest = (await logs.listEnvironmentLogs(environment.id)).data;
  holds("the logs name the tag", latest.some((line) => line.message?.safe_message?.includes("3.0.0")));
  same("the id of the history finds the logs", (await logs.listEnvironmentLogs(environment.id, older[0].id)).data.length, latest.length);
  same("so does the execution of the new one", (await logs.listEnvironmentLogs(environment.id, newest.identifier.execution_id)).data.length, latest.length);
  const times = latest.map((line) => line.timestamp);
  same("lines have times of their own", new Set(times).size, times.length);
  holds("lines come in order", times.every((time, at) => at === 0 || times[at - 1] < time));

  // What is changed is out of date until it is deployed.
  const variables = new VariableMainCallsApi(config);
  await variables.createVariable({ key: "FRESH", value: "1", is_secret: false, variable_scope: "CONTAINER", variable_parent_id: container.id });
  const stale = (await environments.getEnvironmentStatuses(environment.id)).data;
  same("a variable makes a service out of date", the(stale.containers, (one) => one.id === container.id).service_deployment_status, "OUT_OF_DATE");
  same("others stay up to date", the(stale.helms, (one) => one.id === helm.id).service_deployment_status, "UP_TO_DATE");
  same("the environment is out of date too", stale.environment.deployment_status, "OUT_OF_DATE");
  await new ApplicationMainCallsApi(config).editApplication(application.id, { name: "api", healthchecks: {}, cpu: 750 });
  const both = (await environments.getEnvironmentStatuses(environment.id)).data;
  same("a setting makes a service out of date", the(both.applications, (one) => one.id === application.id).service_deployment_status, "OUT_OF_DATE");
  const again = (await actions.deployEnvironment(environment.id)).data;
  const fresh = await settled(environment.id, again.deployment_request_id, "DEPLOYED");
  same("a deployment brings both up to date", new Set([...fresh.containers!, ...fresh.applications!].map((one) => one.service_deployment_status)), new Set(["UP_TO_DATE"]));
  same("a deployment keeps the tag", (await new ContainerMainCallsApi(config).getContainer(container.id)).data.tag, "3.0.0");
}
