# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # Which requests will be late?

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import pandas as pd


# %% nbgrader={"grade": false, "grade_id": "late", "locked": false, "schema_version": 3, "solution": true, "task": false}
def late_share(path):
    ### BEGIN SOLUTION
    return float(pd.read_csv(path)["late"].mean())
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_late", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
assert late_share("requests.csv") == 0.5
### BEGIN HIDDEN TESTS
pd.DataFrame({"late": [1, 1, 1, 0]}).to_csv("other.csv")
assert 0 <= late_share("requests.csv") <= 1
### END HIDDEN TESTS
