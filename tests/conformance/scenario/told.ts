// Who is told what happened: the audit log, with filters and pages, and the receivers of webhooks?
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  EnvironmentActionsApi, OrganizationEventApi, OrganizationMainCallsApi, OrganizationWebhookApi, ProjectMainCallsApi,
  ProjectsApi,
} from "qovery-typescript-axios";
import { World, config, holds, same, settled, the, until } from "./steps";

interface Delivery {
  secret: string;
  body: { event_type: string; payload: { environment: { id: string }; project: { name: string } } };
}

export async function told(world: World): Promise<void> {
  await audited(world);
  await delivered(world);
}

async function audited({ organization, environment }: World): Promise<void> {
  const project = (await new ProjectsApi(config).createProject(organization.id, { name: "told" })).data;
  await new ProjectMainCallsApi(config).editProject(project.id, { name: "told again" });
  await new ProjectMainCallsApi(config).deleteProject(project.id);
  const api = new OrganizationEventApi(config);
  const about = (await api.getOrganizationEvents(organization.id, 100, null, null, undefined, undefined, undefined, "PROJECT", project.id)).data.events!;
  same("every write is an event", about.map((one) => one.event_type), ["DELETE", "UPDATE", "CREATE"]);
  same("an event has its target", about.map((one) => [one.target_type, one.target_name]).at(-1), ["PROJECT", "told"]);
  same("an event has the user agent", about[0].user_agent, "Terraform/1.9 scenario");
  same("the user agent tells the origin", about[0].origin, "TERRAFORM_PROVIDER");
  holds("an event has its author", about[0].triggered_by);
  same("an event has the change as JSON", (JSON.parse(about[1].change ?? "{}") as { name: string }).name, "told again");
  same("an event has what was before", (JSON.parse(about[1].original_change ?? "{}") as { name: string }).name, "told");
  const created = (await api.getOrganizationEvents(organization.id, 100, null, null, undefined, undefined, "CREATE")).data.events!;
  same("events are found by type", new Set(created.map((one) => one.event_type)), new Set(["CREATE"]));
  const here = (await api.getOrganizationEvents(organization.id, 100, null, null, undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined, environment.id)).data.events!;
  holds("events are found by environment", here.length > 5 && here.every((one) => one.environment_id === environment.id));
  const none = (await api.getOrganizationEvents(organization.id, 100, null, null, undefined, undefined, undefined, undefined, undefined, undefined, undefined, "CONSOLE")).data.events!;
  same("events are found by origin", none, []);
  const late = (await api.getOrganizationEvents(organization.id, 100, "4102444800")).data.events!;
  same("events are found by time", late, []);

  const every = (await api.getOrganizationEvents(organization.id, 100)).data.events!.map((one) => one.id);
  const paged: (string | undefined)[] = [];
  let token: string | undefined;
  let pages = 0;
  do {
    const { links, events } = (await api.getOrganizationEvents(organization.id, 7, null, null, token)).data;
    paged.push(...events!.map((one) => one.id));
    token = links?.next ? (new URL(links.next, "http://localhost").searchParams.get("continueToken") ?? undefined) : undefined;
    pages += 1;
  } while (token !== undefined);
  same("pages follow each other to an end", paged.slice(0, every.length), every);
  same("no event is on two pages", new Set(paged).size, paged.length);
  same("there are as many pages as it takes", pages, Math.ceil(paged.length / 7));
  const { organization_plan } = (await new OrganizationMainCallsApi(config).getOrganization(organization.id)).data;
  holds("a plan says how long events are kept", (organization_plan?.audit_logs_retention_in_days ?? 0) > 0);
}

async function delivered({ organization, environment }: World): Promise<void> {
  const got: Delivery[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      const headers = request.headers;
      got.push({ secret: String(headers["qovery-signature"] ?? headers["qovery-secret"]), body: JSON.parse(text) as Delivery["body"] });
      response.end("thanks");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const api = new OrganizationWebhookApi(config);
  const events = ["DEPLOYMENT_STARTED", "DEPLOYMENT_SUCCESSFUL"] as ("DEPLOYMENT_STARTED" | "DEPLOYMENT_SUCCESSFUL")[];
  const hook = (
    await api.createOrganizationWebhook(organization.id, { kind: "STANDARD", target_url, target_secret: "whs", events, project_names_filter: ["scen*"] })
  ).data;
  const other = (
    await api.createOrganizationWebhook(organization.id, { kind: "STANDARD", target_url, events, environment_types_filter: ["PRODUCTION"] })
  ).data;
  same("a webhook keeps its secret to itself", [hook.target_secret_set, "target_secret" in hook], [true, false]);
  same("a webhook has its events and filters", [hook.events, hook.project_names_filter], [events, ["scen*"]]);

  const again = (await new EnvironmentActionsApi(config).deployEnvironment(environment.id)).data;
  await settled(environment.id, again.deployment_request_id, "DEPLOYED");
  const seen = await until("two deliveries", async () => (await api.listWebhookEvent(organization.id, hook.id)).data.results ?? [], (found) => found.length >= 2);
  server.close();
  server.closeAllConnections();
  same("a deployment is delivered", got.map((one) => one.body.event_type), events);
  same("a delivery has the secret", new Set(got.map((one) => one.secret)), new Set(["whs"]));
  same("a delivery says where", [got[0].body.payload.environment.id, got[0].body.payload.project.name], [environment.id, "scenario"]);
  same("deliveries are listed", new Set(seen.map((one) => one.matched_event as string)), new Set(events));
  same("a listed delivery has the response", [seen[0].target_response_status_code, seen[0].target_response_body], [200, "thanks"]);
  same("a listed delivery has its target", seen[0].target_url_used, target_url);
  same("a listed delivery has the request", (the(seen, (one) => one.matched_event === "DEPLOYMENT_STARTED").request as Delivery["body"]).event_type, "DEPLOYMENT_STARTED");
  same("what the filter leaves out is not delivered", (await api.listWebhookEvent(organization.id, other.id)).data.results, []);
  await api.deleteOrganizationWebhook(organization.id, hook.id);
  same("a deleted webhook is gone", (await api.listOrganizationWebHooks(organization.id)).data.results?.map((one) => one.id), [other.id]);
}
