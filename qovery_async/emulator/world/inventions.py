"""Which responses are made up, and why? All but their types is an invention.

Such a response says so in a header, and `Emulator(samples="refuse")` refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from qovery_async.codec.plain import is_object
from qovery_async.emulator.facts.operations import DeclaredResponse, python_type
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.facts.samples import sample
from qovery_async.emulator.world import crud, derived, pages
from qovery_async.emulator.world.calls import ApiCall, ApiResponse

Samples = Literal["mark", "refuse"]
"""What happens to made-up responses: a header marks them, or they are refused."""

SAMPLE_HEADER = "X-Qovery-Emulator"
"""The header that marks a made-up response, with the value `sample`."""

_BECAUSE: Mapping[str, Sequence[str]] = {
    "no Argo CD is simulated": ("argocd.apps.get_manifest", "argocd.credentials.check", "argocd.credentials.get"),
    "no blueprints are simulated": (
        "blueprints.catalog.get_manifest", "blueprints.catalog.get_readme", "blueprints.catalog.list",
        "blueprints.check_update", "blueprints.deploy", "blueprints.preview_update",
    ),
    "no Kubernetes runs": (
        "clusters.list_kubernetes_events", "helms.list_kubernetes_services", "environments.clean_failed_jobs",
        "jobs.clean_failed", "clusters.update_karpenter_private_subnet_ids",
    ),
    "no operator runs in a cluster": (
        "admin.list_operator_clusters", "clusters.operator.attach", "clusters.operator.get_bootstrap",
        "clusters.operator.get_status", "clusters.operator.update",
    ),
    "no EKS Anywhere is simulated": (
        "clusters.eks_anywhere.get_jwt", "clusters.eks_anywhere.list_commits", "clusters.eks_anywhere.update_commit",
    ),
    "no platform templates are simulated; a written binding is kept": (
        "clusters.platform_binding.get", "clusters.platform_binding.resolve_component", "platform_templates.list",
        "platform_templates.resolve_component",
    ),
    "no Terraform runs": ("environments.export_terraform", "terraforms.list_resources"),
    "no secret manager is connected": (
        "secret_manager_accesses.list_associated_services", "secret_manager_accesses.list_secrets",
    ),
    "no files of a git repository are read": (
        "environments.check_dockerfile", "environments.check_git_file", "git.connect_github_app",
        "git.disconnect_github_app", "git.list_directories", "git.list_tfvars_files",
        "git.parse_terraform_variables",
    ),
    "no registry or chart repository is asked": (
        "environments.check_container_image", "environments.check_helm_repository", "helms.create_default_values",
    ),
    "no money flows, and no invoice is a document; billing information that was written is kept": (
        "account.claim_reward", "account.get_referral", "billing.add_credit_code", "billing.generate_usage_report",
        "billing.get_external_id", "billing.info.get", "billing.invoices.download_all",
        "billing.invoices.get_download_link",
    ),
    "nobody signs up or is guided": ("admin.sign_up.create", "admin.sign_up.get", "organizations.onboarding.get"),
    "Qovery's templates of lifecycle jobs are not public": (
        "environments.lifecycle_templates.get", "environments.lifecycle_templates.list",
    ),
    "no alert is sent": ("alert_receivers.validate", "alert_receivers.validate_new"),
    "older or rare operations without a model": (
        "containers.preview", "databases.remove_application", "environments.generate_build_usage_report",
    ),
    "no service follows the image": ("containers.auto_deploy", "jobs.auto_deploy"),
}  # fmt: skip
REASONS: Mapping[str, str] = {call: reason for reason, calls in _BECAUSE.items() for call in calls}
"""Why the response to an operation is made up, by its dotted name; some are so only until something was written."""

_TEXTS: Mapping[str, Any] = {
    "application/octet-stream": b"PK\x05\x06" + bytes(18),  # a ZIP archive without files
    "application/x-yaml": "apiVersion: v1\nkind: Config\nclusters: []\n",
    "text/plain": "# the values of the chart\n",
}


def made_up(call: str) -> Refusal:
    """501 for an operation whose response would be made up."""
    advice = "take another operation, answer with Emulator(middlewares=...), or allow it with samples='mark'"
    return Refusal(501, f"the emulator would make up the response to {call}: {REASONS[call]}; {advice}")


def sampled(call: ApiCall) -> ApiResponse:
    """A made-up response, which repeats what it can of the request. Nothing is changed."""
    operation, declared = call.operation, call.operation.response
    if declared.type is None:
        return ApiResponse(sample=True)
    sent = call.body if is_object(call.body) else {}
    known = {**call.query, **sent, **derived.references(call.target)}
    value = invented(declared, f"{call.state.seed}/{call.target.id}/{operation.call}", known)
    if declared.items:
        value = pages.enclosed(pages.page_of([value], call), declared)
    return ApiResponse(value, sample=True)


def invented(declared: DeclaredResponse, seed: str, known: Mapping[str, Any]) -> Any:
    """A made-up body of a response, with the known keys that it declares."""
    if (text := _TEXTS.get(declared.media_type or "")) is not None:
        return text
    type_ = python_type(declared.type or "Any")
    value = sample(type_, seed)
    return {**value, **crud.fitting(declared.type or "", known, value)} if is_object(value) else value
