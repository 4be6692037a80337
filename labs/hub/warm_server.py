"""JupyterLab for sandboxes that are forked: loads all that a server and its kernels will need."""

import importlib
import os
import socket
import sys

from labs.hub.kernels import KernelForker, use_forker
from labs.hub.server import log_into_own_folder, serve

COURSES_TEACH = (
    "matplotlib.backends.backend_agg",
    "matplotlib.pyplot",
    "numpy",
    "pandas",
    "pandas.io.formats.html",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.preprocessing",
)
# what they load only once they run
KERNELS_NEED = (
    "IPython.core.completerlib",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "jedi",
)
SERVERS_NEED = (
    "jinja2.ext",
    "jupyter_core.migrate",
    "jupyter_server.kernelspecs.handlers",
    "jupyter_server.nbconvert.handlers",
    "jupyter_server.services.api.handlers",
    "jupyter_server.services.config.handlers",
    "jupyter_server.services.contents.handlers",
    "jupyter_server.services.events.handlers",
    "jupyter_server.services.kernels.handlers",
    "jupyter_server.services.kernelspecs.handlers",
    "jupyter_server.services.nbconvert.handlers",
    "jupyter_server.services.security.handlers",
    "jupyter_server.services.sessions.handlers",
    "jupyter_server.services.shutdown",
    "jupyter_server.view.handlers",
    "jupyter_server_terminals.app",
    "jupyter_server_terminals.handlers",
    "jupyterlab.labapp",
    "tornado.platform.asyncio",
)
for name in (*COURSES_TEACH, *KERNELS_NEED, *SERVERS_NEED):
    importlib.import_module(name)


def run(arguments, descriptors):
    """Be the first process of the sandbox: start the server, and fork its kernels."""
    (listener,) = descriptors
    log_into_own_folder()
    for_server, for_forker = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server = os.fork()
    if server:
        os.close(listener)
        for_server.close()
        KernelForker(server, for_forker).run()
    for_forker.close()
    os.environ["LABS_LISTENING"] = str(listener)
    use_forker(for_server)
    try:
        serve(arguments)
    finally:
        sys.stderr.flush()
        os._exit(0)
