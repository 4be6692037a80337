"""JupyterLite: light labs that run in the learner's own browser, from files of ours."""
