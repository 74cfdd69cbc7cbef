import qovery
from qovery import Qovery

client = Qovery(tokem="your-api-token")  # rejected
client.project.list()  # rejected
client.projects.lists()  # rejected
client.projects.list(organisation_id="acme")  # rejected
for project in client.projects.list():
    print(project.nam)  # rejected
    number: int = project.name  # rejected
qovery.Quovery()  # rejected
