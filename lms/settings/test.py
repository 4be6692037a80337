"""Settings of the test run; what differs from the product's own does so for speed alone."""

import os

from lms.settings.base import *  # noqa: F403
from lms.settings.base import CACHE_URL, CACHES

# each worker of a parallel run has a cache of its own, for tests empty it
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
CACHES["default"]["LOCATION"] = CACHE_URL[:-1] + str(_worker)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
STAFF_SECOND_FACTOR = False  # tests of it turn it on
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
