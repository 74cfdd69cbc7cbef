"""Services, environments, projects and clusters that act, known by their ids."""

# So that every handle knows the kinds of services.
from qovery_async.handles import kinds as kinds
