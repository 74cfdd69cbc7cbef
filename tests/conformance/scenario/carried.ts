// Does what a request says come back: sources, groups, ports, roles, features, and who uses what?
import {
  ApplicationMainCallsApi, ApplicationsApi, ClustersApi, ContainersApi, DatabasesApi, HelmsApi, MembersApi,
  OrganizationAnnotationsGroupApi, OrganizationCustomRoleApi, OrganizationLabelsGroupApi, OrganizationMainCallsApi,
} from "qovery-typescript-axios";
import { World, config, git, holds, same, the } from "./steps";

export async function carried(world: World): Promise<void> {
  const { organization, environment, application, container, job, helm, terraform, database } = world;
  const services = [application, container, job, helm, terraform, database];
  same("ids never collide", new Set([...services, environment, world.project].map((one) => one.id)).size, 8);
  same("a repository has the owner of its URL", application.git_repository?.owner, "acme");
  same("a repository has the name of its URL", application.git_repository?.name, "api");
  same("a repository has its branch", application.git_repository?.branch, "main");
  same("services know their environment", services.map((one) => one.environment?.id), services.map(() => environment.id));
  same("an image has its registry", container.registry?.id, world.registry.id);
  same("a registry is shown with its name", container.registry?.name, world.registry.name);
  same("a job with a schedule is a cron job", job.job_type, "CRON");
  holds("the image of a job is carried", job.source && "image" in job.source && job.source.image.image_name === "acme/worker");
  same("the image of a job has its registry", "image" in job.source! && job.source.image.registry_id, world.registry.id);
  same("the schedule of a job is carried", job.job_type === "CRON" && job.schedule.cronjob.scheduled_at, "0 3 * * *");
  const source = "repository" in helm.source ? helm.source.repository : undefined;
  same("a chart has its name and version", [source?.chart_name, source?.chart_version], ["grafana", "8.0.0"]);
  same("a chart has its repository", [source?.repository?.id, source?.repository?.url], [world.charts.id, world.charts.url]);
  const files = terraform.terraform_files_source;
  same("Terraform has its repository", files?.git?.git_repository?.url, "https://github.com/acme/buckets");
  same("Terraform has its engine and version", [terraform.engine, terraform.provider_version.explicit_version], ["TERRAFORM", "1.9.0"]);
  same("Terraform has its variables", terraform.terraform_variables_source.tf_vars[0].value, "3");
  same("Terraform has its resources", terraform.job_resources.cpu_milli, 500);
  same("the only public port is the default", application.ports?.map((one) => one.is_default), [true]);
  same("an environment has its mode and cluster", [environment.mode, environment.cluster_id], ["STAGING", world.cluster.id]);

  const lists = await Promise.all([
    new ApplicationsApi(config).listApplication(environment.id), new ContainersApi(config).listContainer(environment.id),
    new DatabasesApi(config).listDatabase(environment.id), new HelmsApi(config).listHelms(environment.id),
  ]);
  same("each kind is listed", lists.map(({ data }) => data.results?.map((one) => one.name).join()), ["api", "worker", "orders", "grafana"]);

  const helmGit = (
    await new HelmsApi(config).createHelm(environment.id, {
      name: "chart", auto_deploy: false, allow_cluster_wide_resources: false, arguments: ["--atomic"], values_override: {},
      source: { git_repository: { url: "https://gitlab.com/acme/deep/charts.git", branch: "main", root_path: "/web" } },
    })
  ).data;
  const chart = "git" in helmGit.source ? helmGit.source.git.git_repository : undefined;
  same("a chart from git has its repository", [chart?.owner, chart?.name, chart?.root_path], ["acme/deep", "charts", "/web"]);
  same("a chart has its arguments", helmGit.arguments, ["--atomic"]);

  const labels = (
    await new OrganizationLabelsGroupApi(config).createOrganizationLabelsGroup(organization.id, {
      name: "team", labels: [{ key: "team", value: "blue", propagate_to_cloud_provider: true }],
    })
  ).data;
  const annotations = (
    await new OrganizationAnnotationsGroupApi(config).createOrganizationAnnotationsGroup(organization.id, {
      name: "scrape", annotations: [{ key: "scrape", value: "yes" }], scopes: ["PODS"],
    })
  ).data;
  const tagged = (
    await new ContainersApi(config).createContainer(environment.id, {
      name: "tagged", image_name: "acme/tagged", tag: "1", registry_id: world.registry.id, healthchecks: {},
      labels_groups: [{ id: labels.id }], annotations_groups: [{ id: annotations.id }],
    })
  ).data;
  same("labels are shown in full", tagged.labels_groups?.[0].labels[0].value, "blue");
  same("annotations are shown in full", tagged.annotations_groups?.[0].annotations?.[0].key, "scrape");
  same("annotations have their scopes", tagged.annotations_groups?.[0].scopes, ["PODS"]);
  const uses = (await new OrganizationLabelsGroupApi(config).getOrganizationLabelsGroupAssociatedItems(organization.id, labels.id)).data;
  same("labels know who has them", uses.results?.map((one) => [one.item_name, one.item_type]), [["tagged", "CONTAINER"]]);
  const users = (await new OrganizationMainCallsApi(config).getContainerRegistryAssociatedServices(organization.id, world.registry.id)).data;
  holds("a registry knows its services", ["worker", "nightly", "tagged"].every((name) => users.results?.some((one) => one.service_name === name)));
  const chartUsers = (await new OrganizationMainCallsApi(config).getHelmRepositoryAssociatedServices(organization.id, world.charts.id)).data;
  holds("a chart repository knows its services", chartUsers.results?.some((one) => one.service_id === helm.id));

  const edited = (
    await new ApplicationMainCallsApi(config).editApplication(application.id, {
      name: "api", healthchecks: {}, git_repository: { ...git, branch: "next" },
      ports: [
        { ...application.ports![0], is_default: false },
        { id: "", internal_port: 9090, external_port: 443, publicly_accessible: true, protocol: "HTTP", is_default: true },
        { id: "", internal_port: 9100, publicly_accessible: false, protocol: "HTTP" },
      ],
    })
  ).data;
  same("a PUT replaces the branch", edited.git_repository?.branch, "next");
  same("exactly one port is the default", edited.ports?.map((one) => one.is_default), [false, true, false]);

  const roles = new OrganizationCustomRoleApi(config);
  const role = (await roles.createOrganizationCustomRole(organization.id, { name: "viewers", description: "look" })).data;
  same("a new role may view every cluster", new Set(role.cluster_permissions?.map((one) => one.permission)), new Set(["VIEWER"]));
  same("a new role has no project", new Set(role.project_permissions?.flatMap((one) => one.permissions?.map((p) => p.permission))), new Set(["NO_ACCESS"]));
  holds("a new role names the projects", role.project_permissions?.some((one) => one.project_name === "scenario"));
  const changed = (
    await roles.editOrganizationCustomRole(organization.id, role.id!, {
      name: "viewers", cluster_permissions: [{ cluster_id: world.cluster.id, permission: "ENV_CREATOR" }],
      project_permissions: [{ project_id: world.project.id, is_admin: true, permissions: [] }],
    })
  ).data;
  same("a role keeps its permission", the(changed.cluster_permissions, (one) => one.cluster_id === world.cluster.id).permission, "ENV_CREATOR");
  same("a role keeps its project", the(changed.project_permissions, (one) => one.project_id === world.project.id).is_admin, true);
  const invitation = (await new MembersApi(config).postInviteMember(organization.id, { email: "new@example.com", role_id: role.id })).data;
  same("an invitation names its role", [invitation.role_name, invitation.role_id, invitation.invitation_status], ["viewers", role.id, "PENDING"]);
  const invited = (await new MembersApi(config).getOrganizationInvitedMembers(organization.id)).data.results;
  same("an invitation is listed", the(invited, (one) => one.id === invitation.id).email, "new@example.com");

  const cluster = (
    await new ClustersApi(config).createCluster(organization.id, {
      name: "own", region: "eu-west-3", cloud_provider: "AWS",
      features: [{ id: "STATIC_IP", value: true }, { id: "VPC_SUBNET", value: "10.42.0.0/16" }],
    })
  ).data;
  same("features are carried", cluster.features?.map((one) => one.id as string), ["STATIC_IP", "VPC_SUBNET"]);
  same("features have values", cluster.features?.map((one) => (one.value_object as { value: unknown } | null)?.value), [true, "10.42.0.0/16"]);
}
