"""The warm process of marking: has loaded what notebooks use, and forks a process for each part.

It runs nothing but our own code and is told nothing of a submission: a fork gets the files and the
cells over a channel of its own, once it is in its sandbox. No fork is used twice.
"""

import gc
import io
import os
import select
import socket
import sys
import traceback

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import sklearn.cluster
import sklearn.ensemble
import sklearn.linear_model
import sklearn.metrics
import sklearn.model_selection
import sklearn.neighbors
import sklearn.pipeline
import sklearn.preprocessing
import sklearn.tree

from labs.grading import judge, wire, worker
from labs.sandbox.nested import isolate

IDLE_SECONDS = 900
LONGEST_REQUEST = 64
DESCRIPTORS = 2


def use_libraries():
    """Do once what most notebooks do, so that what is imported at first use is there too."""
    table = pd.read_csv(io.StringIO("name,value,late\na,1,0\nb,,1\nc,3.5,1\nd,2,0\ne,5,1\nf,0,0\n"))
    table["value"] = table["value"].fillna(table["value"].median())
    table.groupby("name")["value"].mean()
    table.describe()
    repr(table)
    features, labels = table[["value"]].to_numpy(), table["late"].to_numpy()
    scaler = sklearn.preprocessing.StandardScaler()
    model = sklearn.pipeline.make_pipeline(scaler, sklearn.linear_model.LogisticRegression())
    model.fit(features, labels).predict(features)
    sklearn.linear_model.LinearRegression().fit(features, labels)
    sklearn.ensemble.RandomForestClassifier(2).fit(features, labels).predict(features)
    sklearn.model_selection.train_test_split(features, labels)
    sklearn.metrics.f1_score(labels, labels)
    figure, axes = plt.subplots()
    axes.plot(features, label="value")
    axes.legend()
    figure.savefig(io.BytesIO())
    plt.close(figure)


def become(role, channel, output, shell):
    """Be one participant of a marking, in a sandbox of its own, to the end."""
    null = os.open("/dev/null", os.O_RDWR)
    for fd, to in ((null, 0), (output, 1), (output, 2)):
        os.dup2(fd, to)
    for fd in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208
        if fd not in (0, 1, 2, channel):
            try:
                os.close(fd)
            except OSError:
                continue  # the one that listed them
    channel = socket.socket(fileno=channel)
    wire.send(channel, {"pid": os.getpid()})  # with it the kernel tells who we are
    plan = wire.receive(channel)
    files = ((name, wire.receive_exactly(channel, size)) for name, size in plan["files"])
    isolate(files, plan["limits"], plan["resources"])
    np.random.seed()  # noqa: NPY002 - else all forks would draw the same numbers
    gc.enable()
    if role == "worker":
        worker.serve(channel, shell)
    else:
        judge.serve(channel)


def serve(control):
    shell = worker.make_shell()
    shell.run_cell("1 / 0", silent=True)  # what shows an error is imported then
    use_libraries()
    gc.collect()
    gc.disable()
    gc.freeze()  # a collection would write to pages that the forks share
    if len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208
        raise RuntimeError("a library has started a thread: forks of this process may hang")
    control.send(b"r")
    while select.select([control], [], [], IDLE_SECONDS)[0]:
        role, fds, _flags, _address = socket.recv_fds(control, LONGEST_REQUEST, DESCRIPTORS)
        if not role:
            return
        if os.fork() == 0:
            try:
                become(role.decode(), *fds, shell)
            except BaseException:  # noqa: BLE001 - no fork may go on in this loop
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(0)
        for fd in fds:
            os.close(fd)
        reap()


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    fd = int(sys.argv[1])
    os.set_inheritable(fd, False)
    serve(socket.socket(fileno=fd))
