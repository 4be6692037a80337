"""JupyterLab for sandboxes that are forked: loads all that a server and its kernels will need."""

import importlib
import os
import socket
import sys

from labs.hub.kernels import KernelForker, use_forker
from labs.hub.server import log_into_own_folder, serve

LIBRARIES = (
    "numpy",
    "pandas",
    "matplotlib.pyplot",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "ipykernel.kernelapp",
    "jedi",
    "jupyterlab.labapp",
)
for name in LIBRARIES:
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
