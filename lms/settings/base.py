"""Django's settings, worked out from the product's own (`config.py`)."""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lms.settings import config

CONFIG = config.load()
BASE_DIR = config.ROOT
DATA_DIR = Path(CONFIG["data_dir"]).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = CONFIG["debug"]
DEMO = CONFIG["demo"]
SECRET_KEY = CONFIG["secret_key"] or config.kept_secret(DATA_DIR / "secret_key")
_keys = CONFIG["identifier_keys"] or config.kept_secret(DATA_DIR / "keys/identifiers")
IDENTIFIER_KEYS = [key.strip() for key in _keys.split(",") if key.strip()]
STAFF_SECOND_FACTOR = CONFIG["staff_second_factor"]
SITE_URL = CONFIG["site_url"]
_site = urlsplit(SITE_URL)
ALLOWED_HOSTS = [host for host in CONFIG["allowed_hosts"].split(",") if host] or [_site.hostname]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "lms.core",
    "lms.accounts",
    "lms.organisations",
    "lms.audit",
    "lms.messaging",
    "courses",
    "admissions",
    "rosters",
    "assessments",
    "labs",
    "practicals",
    "certification",
    "lms.reports",
    "lms.api",
    "lms.operations",
    "wagtail.contrib.forms",
    "wagtail.embeds",
    "wagtail.sites",
    "lms.accounts.wagtail_app.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.idp.oidc",
    "rules",
    "csp",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # last, so that our own form templates win
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lms.accounts.middleware.SharedDeviceMiddleware",
    "lms.accounts.middleware.LanguageMiddleware",
    "lms.core.middleware.PrivatePagesMiddleware",
    "lms.core.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lms.core.middleware.RefusedMiddleware",
    "lms.organisations.middleware.SecondFactorMiddleware",
    "lms.organisations.middleware.ScopeMiddleware",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "lms/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["lms.core.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.core.context.site",
                "lms.messaging.context.unread",
                "lms.reports.context.staff",
            ],
        },
    },
]

# Without IMMEDIATE, WAL loses a third of concurrent writes to "database is locked".
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; "
    "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=2000;",
}
DATABASES = {
    "default": dj_database_url.parse(
        CONFIG["database_url"] or f"sqlite:///{config.private_file(DATA_DIR / 'umahiri.sqlite3')}",
        conn_max_age=600,
        conn_health_checks=True,
    ),
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = _SQLITE
# A cursor on the server reads on while other scopes open and close; a pool of connections breaks it, too.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# One server of the Redis protocol: database 0 is the queue, 1 the cache.
REDIS_URL = CONFIG["redis_url"] or f"unix://{DATA_DIR / 'valkey.sock'}"
if REDIS_URL.startswith("unix://"):
    _socket = urlsplit(REDIS_URL).path
    CELERY_BROKER_URL = f"redis+socket://{_socket}?virtual_host=0"
    CACHE_URL = f"unix://{_socket}?db=1"
else:
    CELERY_BROKER_URL = REDIS_URL
    CACHE_URL = REDIS_URL.rsplit("/", 1)[0] + "/1"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
    },
    # Lessons are cached whole. A demo with uploaded pictures loads its courses before there is a cache to ask.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
# cached_db needs the cache to be shared: with a cache per process a signed-out session lives on.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = CONFIG["secure"]
SECURE_HSTS_SECONDS = 31536000 if CONFIG["secure"] else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG["secure"] else None
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# What a killed worker had taken comes back when its time is over; what people wait for has sweeps that look earlier.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "submit-overdue-attempts": {
        "task": "assessments.tasks.submit_overdue_attempts_task",
        "schedule": 30,
    },
    "analyse-quizzes": {
        "task": "assessments.tasks.analyse_quizzes_task",
        "schedule": crontab(hour=1, minute=15),
    },
    "release-seats": {
        "task": "admissions.tasks.release_seats_task",
        "schedule": crontab(minute=5),
    },
    "resume-regrades": {
        "task": "assessments.tasks.resume_regrades_task",
        "schedule": 120,
    },
    "propose-missed-awards": {
        "task": "certification.tasks.propose_missed_awards_task",
        "schedule": 300,
    },
    "mark-waiting-submissions": {
        "task": "labs.tasks.mark_waiting_submissions_task",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "keep-changed-notebooks": {
        "task": "labs.tasks.keep_changed_notebooks_task",
        "schedule": 15,
        "options": {"expires": 15},  # one that had to wait looks no better than the next
    },
    "resume-lab-checks": {
        "task": "labs.tasks.resume_checks_task",
        "schedule": 60,
    },
    "end-lab-access": {
        "task": "labs.tasks.sweep_access_task",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "watch-labs": {
        "task": "labs.tasks.watch_labs_task",
        "schedule": 20,
        "options": {"expires": 20},
    },
    "resume-remarks": {
        "task": "labs.tasks.resume_remarks_task",
        "schedule": 300,
    },
    "sweep-messages": {
        "task": "lms.messaging.tasks.sweep_messages_task",
        "schedule": 60,
    },
    "send-digests": {
        "task": "lms.messaging.tasks.send_digests_task",
        "schedule": 300,
    },
    "warn-of-agreements": {
        "task": "lms.messaging.tasks.warn_of_agreements_task",
        "schedule": crontab(hour=7, minute=30),
    },
    "resume-rosters": {
        "task": "rosters.tasks.resume_rosters_task",
        "schedule": 60,
    },
    "clear-rosters": {
        "task": "rosters.tasks.clear_rosters_task",
        "schedule": crontab(hour=2, minute=40),
    },
    "remind-of-practicals": {
        "task": "practicals.tasks.remind_task",
        "schedule": 600,
    },
    "close-practicals": {
        "task": "practicals.tasks.close_sessions_task",
        "schedule": 900,
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "courses:dashboard"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "lms.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
# One of e-mail and phone is asked for, by our own form; password1 is named so that staff may use one.
ACCOUNT_SIGNUP_FIELDS = ["email", "phone", "password1"]
SILENCED_SYSTEM_CHECKS = ["account.W001"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the one-time code at sign-up verifies the address
ACCOUNT_PHONE_VERIFICATION_ENABLED = False  # likewise
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6}
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_DISPLAY = "lms.accounts.models.display_name"
ACCOUNT_SESSION_REMEMBER = False
# Limits are for each address that asks: behind our proxy, the last one that the proxy noted.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if CONFIG["secure"] else 0
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "signup": "lms.accounts.forms.SignupForm",
    "login": "lms.accounts.forms.LoginForm",
    "request_login_code": "lms.accounts.forms.RequestCodeForm",
    "confirm_login_code": "lms.accounts.forms.ConfirmCodeForm",
}
# Our own pages ask for it, also of people without a password: allauth's own check lets those through.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
SOCIALACCOUNT_ADAPTER = "lms.accounts.identities.IdentityAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
MFA_ADAPTER = "lms.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = (
    "required"  # a passkey is both steps: what one has, and is or knows
)
MFA_RECOVERY_CODES_SHOW_ONCE = False
MFA_TOTP_ISSUER = "Umahiri"
MFA_TOTP_TOLERANCE = 1  # phones whose clock is half a minute off
MFA_FORMS = {
    "login_webauthn": "lms.accounts.forms.PasskeySignInForm",
    "add_webauthn": "lms.accounts.forms.AddPasskeyForm",
    "activate_totp": "lms.accounts.forms.ActivateAppForm",
    "authenticate": "lms.accounts.forms.SecondStepForm",
    "reauthenticate": "lms.accounts.forms.ConfirmSecondStepForm",
}
IDP_OIDC_ADAPTER = "labs.oidc.Adapter"
IDP_OIDC_PRIVATE_KEY_FILE = DATA_DIR / "keys/oidc.pem"

_email = urlsplit(CONFIG["email_url"])
if CONFIG["email_url"]:
    EMAIL_HOST, EMAIL_PORT = _email.hostname, _email.port or 587
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email.username or "", _email.password or ""
    EMAIL_USE_TLS = True
else:
    EMAIL_BACKEND = "lms.accounts.messages.KeptMailBackend"
EMAIL_TIMEOUT = 20  # seconds; a worker that waits for ever would hold its message
DEFAULT_FROM_EMAIL = CONFIG["email_from"]

SMS_GATEWAY = CONFIG["sms_gateway"] or ("kept" if DEMO else "")
AFRICASTALKING_USERNAME = CONFIG["africastalking_username"]
AFRICASTALKING_API_KEY = CONFIG["africastalking_api_key"]
AFRICASTALKING_URL = CONFIG["africastalking_url"]
SMS_SENDER = CONFIG["sms_sender"]
SMS_SENDER_PROMOTIONAL = CONFIG["sms_sender_promotional"]
SMS_CALLBACK_SECRET = CONFIG["sms_callback_secret"]
SMS_PART_CURRENCY, SMS_PART_COST = CONFIG["sms_part_cost"].split()
SMS_MONTHLY_CAP = CONFIG["sms_monthly_cap"]
SMS_MONTHLY_COST_CAP = CONFIG["sms_monthly_cost_cap"]
MESSAGES_DAILY_CAP = CONFIG["messages_daily_cap"]

LANGUAGE_CODE = CONFIG["default_language"]
LANGUAGES = [("en", _("English")), ("sw", _("Kiswahili"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "lms/locale"]
FORMAT_MODULE_PATH = "lms.formats"
USE_TZ = True
TIME_ZONE = CONFIG["time_zone"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "lms/static"]
MEDIA_URL = CONFIG["media_url"]
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # The demo serves files from where they lie: collecting and compressing them takes half a minute.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEMO
WHITENOISE_MAX_AGE = 60 * 60
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o644

CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/cms/",),  # Wagtail's admin uses inline script
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, CONFIG["labs_hub_url"]],
        "frame-ancestors": [SELF],  # Wagtail's preview panel shows our pages
    },
}
X_FRAME_OPTIONS = "SAMEORIGIN"

WAGTAIL_SITE_NAME = "Umahiri"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_RESET_ENABLED = False  # a code signs in who forgot
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False  # it would take an address that nobody checked
WAGTAIL_ENABLE_UPDATE_CHECK = False
# Some systems list their own zone as "localtime", which no browser knows.
WAGTAIL_USER_TIME_ZONES = sorted(available_timezones() - {"localtime"})
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
# Shown in the page; any other document is downloaded.
WAGTAILDOCS_INLINE_CONTENT_TYPES = ["application/pdf", "video/mp4", "video/webm", "text/vtt"]
WAGTAILDOCS_EXTENSIONS = ["pdf", "csv", "xlsx", "docx", "mp4", "webm", "mp3", "vtt", "txt", "zip"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 5 * 1024 * 1024

LABS_HUB_URL = CONFIG["labs_hub_url"]
LABS_HUB_API_URL = CONFIG["labs_hub_api_url"] or f"{LABS_HUB_URL}/hub/api"
LABS_LITE_URL = CONFIG["labs_lite_url"] or f"{LABS_HUB_URL}/lite"
LABS_DATA_DIR = DATA_DIR / "labs"
LABS_SPAWNER = CONFIG["labs_spawner"]
LABS_MARKING_JOB = CONFIG["labs_marking_job"]
LABS_PLACES = CONFIG["labs_places"]
LABS_COHORT_PLACES = CONFIG["labs_cohort_places"]
LABS_COHORT_HOURS = CONFIG["labs_cohort_hours"]
LABS_MEMORY_MB = CONFIG["labs_memory_mb"]
LABS_CPUS = CONFIG["labs_cpus"]
LABS_CURRENCY, LABS_GB_HOUR_PRICE = CONFIG["labs_gb_hour_price"].split()

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
