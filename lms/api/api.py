"""REST under /api/v1/: one router for each app."""

from ninja import NinjaAPI

from lms.api.attempts import router as attempts
from lms.api.courses import router as courses
from lms.api.labs import router as labs

# no documentation page: it would load scripts from elsewhere; /api/v1/openapi.json has it all
api = NinjaAPI(title="Umahiri", version="1", urls_namespace="api", docs_url=None)
api.add_router("", courses)
api.add_router("", attempts)
api.add_router("", labs)
