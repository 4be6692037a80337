"""The JupyterHub of the labs: how it is set up, signs people in, and starts their sandboxes."""
