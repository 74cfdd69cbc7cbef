from qovery import Qovery

client = Qovery(token="your-api-token")

for project in client.projects.list():
    print(f"Project: {project.name}")
