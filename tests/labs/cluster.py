"""A Kubernetes API of our own for tests: it checks what it is given as a real one does.

Jobs run their command for real, in a folder in place of their volume. So do pods where there is a
folder of homes; without one they are said to run as soon as they are made.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress

import kubernetes_validate
from aiohttp import web

VERSION = "1.35"
NAMESPACE = "labs"


class Cluster:
    def __init__(self, volume=None, token=None, homes=None, log=None):
        self.pods, self.jobs, self.deleted, self.processes = {}, {}, [], {}
        self.volume, self.token, self.homes, self.log = volume, token, homes, log
        # what a job's command ends with, if it is not to run
        self.command_code = None
        self._changes = []
        self._number, self._addresses = 0, 1

    # -- pods

    def change(self, kind, thing):
        self._number += 1
        thing["metadata"]["resourceVersion"] = str(self._number)
        self._changes.append(
            (self._number, {"type": kind, "object": json.loads(json.dumps(thing))})
        )

    async def list_pods(self, request):
        if "watch" not in request.query:
            items = list(self.pods.values())
            version = {"resourceVersion": str(self._number)}
            return web.json_response({"kind": "PodList", "items": items, "metadata": version})
        answer = web.StreamResponse()
        seen = int(request.query.get("resourceVersion") or 0)
        with suppress(ConnectionResetError):  # who watched has gone
            await answer.prepare(request)
            for _ in range(200):
                for number, change in list(self._changes):
                    if number > seen:
                        seen = number
                        await answer.write(json.dumps(change).encode() + b"\n")
                await asyncio.sleep(0.02)
        return answer

    async def list_nothing(self, request):
        if "watch" in request.query:
            await asyncio.sleep(4)
            return web.Response()
        return web.json_response({"items": [], "metadata": {"resourceVersion": "0"}})

    async def create_pod(self, request):
        pod = {"apiVersion": "v1", "kind": "Pod", **await request.json()}
        kubernetes_validate.validate(pod, VERSION, strict=True)
        name = pod["metadata"]["name"]
        if name in self.pods:
            return web.json_response({"message": "there already"}, status=409)
        pod["metadata"] |= {"namespace": NAMESPACE, "uid": f"uid-{name}-{self._number}"}
        (container,) = pod["spec"]["containers"]
        self._addresses += 1
        address = f"127.0.0.{self._addresses}"  # all of 127 is this machine
        status = {
            "name": container["name"],
            "image": container["image"],
            "imageID": "sha256:0",
            "ready": True,
            "restartCount": 0,
            "state": {"running": {}},
        }
        pod["status"] = {"phase": "Running", "podIP": address, "containerStatuses": [status]}
        self.pods[name] = pod
        if self.homes:
            self.processes[name] = self.run_pod(container, address)
        self.change("ADDED", pod)
        return web.json_response(pod, status=201)

    async def delete_pod(self, request):
        pod = self.pods.pop(request.match_info["name"], None)
        if pod is None:
            return web.json_response({"message": "not there"}, status=404)
        self.deleted.append(pod["metadata"]["name"])
        if self.homes:
            process = self.processes.pop(pod["metadata"]["name"])
            process.kill()
            process.wait()
        self.change("DELETED", pod)
        return web.json_response(pod)

    def run_pod(self, container, address):
        """Its command, as this machine's user, in the home that is mounted into it."""
        (home,) = (mount for mount in container["volumeMounts"] if mount["name"] == "homes")
        folder = str(self.homes / home["subPath"])
        environment = {
            entry["name"]: entry["value"]
            .replace("0.0.0.0", address)  # noqa: S104 - what is replaced
            .replace(home["mountPath"], folder)
            for entry in container["env"]
        }
        program, *rest = container["args"]
        assert program == "jupyterhub-singleuser"
        if os.getuid() == 0:
            rest.append("--allow-root")
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "jupyterhub.singleuser", *rest],
                env={"PATH": "/usr/bin:/bin"} | environment,
                cwd=folder,
                stdout=log,
                stderr=log,
            )

    def end_processes(self):
        for process in self.processes.values():
            process.kill()
            process.wait()

    def end_pod(self, name, code):
        """The pod's server ended by itself."""
        (status,) = self.pods[name]["status"]["containerStatuses"]
        status |= {"ready": False, "state": {"terminated": {"exitCode": code, "reason": "Error"}}}
        self.change("MODIFIED", self.pods[name])

    # -- jobs

    async def create_job(self, request):
        assert request.headers["Authorization"] == f"Bearer {self.token}"
        job = await request.json()
        kubernetes_validate.validate(job, VERSION, strict=True)
        self.jobs[job["metadata"]["name"]] = job
        job["status"] = {}
        self._run = asyncio.get_running_loop().run_in_executor(None, self.run_job, job)
        return web.json_response(job, status=201)

    def run_job(self, job):
        code = self.command_code
        if (self.run_command(job["spec"]) if code is None else code) == 0:
            job["status"] = {"succeeded": 1}
        else:
            failed = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}
            job["status"] = {"failed": 1, "conditions": [failed]}

    def run_command(self, spec):
        (container,) = spec["template"]["spec"]["containers"]
        (mount,) = (mount for mount in container["volumeMounts"] if mount["name"] == "work")
        folder = str(self.volume / mount["subPath"])
        python, *rest = [folder if part == "/work" else part for part in container["command"]]
        assert python == "python"
        command = [sys.executable, *rest]
        return subprocess.run(
            command, timeout=spec["activeDeadlineSeconds"], check=False
        ).returncode

    async def get_job(self, request):
        return web.json_response(self.jobs[request.match_info["name"]])

    async def delete_job(self, request):
        self.deleted.append(request.match_info["name"])
        return web.json_response({})

    # -- serving

    def application(self):
        app = web.Application()
        core, batch = f"/api/v1/namespaces/{NAMESPACE}", f"/apis/batch/v1/namespaces/{NAMESPACE}"
        app.router.add_get(f"{core}/pods", self.list_pods)
        app.router.add_post(f"{core}/pods", self.create_pod)
        app.router.add_delete(f"{core}/pods/{{name}}", self.delete_pod)
        app.router.add_get(f"{core}/events", self.list_nothing)
        app.router.add_post(f"{batch}/jobs", self.create_job)
        app.router.add_get(f"{batch}/jobs/{{name}}", self.get_job)
        app.router.add_delete(f"{batch}/jobs/{{name}}", self.delete_job)
        return app


@contextmanager
def serving(application, ssl_context=None):
    """The port of this machine that the application answers on, in a thread of its own."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(application, shutdown_timeout=0.1, handler_cancellation=True)

    async def start():
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl_context)
        await site.start()
        return site._server.sockets[0].getsockname()[1]

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(start(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
