"""Show projects and environments with FastAPI: one client for the life of the application, models as responses.

    QOVERY_API_TOKEN=... uvicorn --app-dir examples web_fastapi:app

/docs describes what comes back. A client belongs to no event loop, but its connections to the loop they were opened on,
so each worker process of uvicorn has its own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Body, Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from qovery_async import ApiError, AsyncQovery, NotFound, TransportError, models


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with AsyncQovery(pace="wait") as client:
        app.state.qovery = client
        yield


app = FastAPI(lifespan=lifespan)


def qovery(request: Request) -> AsyncQovery:
    client: AsyncQovery = request.app.state.qovery
    return client


Client = Annotated[AsyncQovery, Depends(qovery)]


@app.get("/projects")
async def projects(client: Client) -> list[models.Project]:
    return await client.projects.list()


@app.post("/projects", status_code=201)
async def create(client: Client, body: Annotated[models.ProjectRequest, Body()]) -> models.Project:
    return await client.projects.create(body)


@app.get("/projects/{project_id}/environments")
async def environments(client: Client, project_id: str) -> list[models.Environment]:
    return await client.environments.list(project_id)


@app.exception_handler(NotFound)
async def not_found(request: Request, error: NotFound) -> JSONResponse:
    return JSONResponse({"detail": error.message}, 404)


@app.exception_handler(ApiError)
@app.exception_handler(TransportError)
async def unavailable(request: Request, error: Exception) -> JSONResponse:
    """What else fails between here and Qovery is no fault of who asks; details belong to the log."""
    return JSONResponse({"detail": f"Qovery: {type(error).__name__}"}, 502)
