"""Django's settings. Everything that may differ between installations comes from the environment, or from `.env`."""

from __future__ import annotations

import sys
from pathlib import Path

import django_stubs_ext

from config.environment import databases, load_environment, openid, setting_values
from projects.web import fonts

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = env = load_environment(BASE_DIR / ".env")

DATA_DIR = setting_values.read_folder(env, "DATA_DIR", Path("var"), BASE_DIR)
PROJECTS_ROOT = setting_values.read_folder(env, "PROJECTS_ROOT", DATA_DIR / "projects", BASE_DIR)
# any command may be the first one on it
setting_values.make_folder("DATA_DIR", DATA_DIR)

SECRET_KEY = setting_values.read_secret_key(env, DATA_DIR)
DEBUG = setting_values.read_flag(env, "DEBUG")
ALLOWED_HOSTS = setting_values.read_allowed_hosts(env)
BEHIND_HTTPS_PROXY = setting_values.read_flag(env, "BEHIND_HTTPS_PROXY")
if BEHIND_HTTPS_PROXY:
    # only behind a proxy, which overwrites this header: without one anybody may send it
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    # a monitor on this machine asks without the proxy
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

# where a clean-up moves rejected takes to, instead of removing them
REJECTED_ROOT = (
    setting_values.read_folder(env, "REJECTED_ROOT", DATA_DIR, BASE_DIR) if env.text("REJECTED_ROOT") else None
)
# nginx's internal location of PROJECTS_ROOT, for X-Accel-Redirect
ACCEL_REDIRECT = setting_values.read_location(env, "ACCEL_REDIRECT")

# how many processes of the studio answer requests
WEB_PROCESSES = setting_values.read_count(env, "WEB_PROCESSES", 1)

# Runway
RUNWAY_API_URL, RUNWAY_API_KEY, RUNWAY_IS_SIMULATOR = setting_values.read_runway(env)
RUNWAY_API_VERSION = "2024-11-06"
RUNWAY_POLL_SECONDS = setting_values.read_poll_seconds(env, RUNWAY_API_URL, simulator=RUNWAY_IS_SIMULATOR)
RUNWAY_TASK_TIMEOUT = setting_values.read_number(env, "RUNWAY_TASK_TIMEOUT", 600, above=0)
# for Runway alone; see generation/runway/client.py
setting_values.check_proxy(env)
RUNWAY_CA_BUNDLE = setting_values.read_ca_bundle(env)
DAILIES_SIMULATOR_OPTIONS = setting_values.read_options(env, "DAILIES_SIMULATOR_OPTIONS")
IMAGE_URL_ALLOW_PRIVATE = setting_values.read_flag(env, "IMAGE_URL_ALLOW_PRIVATE")

# People
STUDIO_OWNER = setting_values.read_name(env, "STUDIO_OWNER", "owner")
STUDIO_OWNER_PASSWORD = env.text("STUDIO_OWNER_PASSWORD")

# OpenID Connect and the second factor are allauth's; its accounts, forms and pages are not used
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": openid.read_providers(env), "OAUTH_PKCE_ENABLED": True}}
SOCIALACCOUNT_ADAPTER = "projects.pages.openid.SocialAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Dailies"

# the largest files, in bytes, and the largest JSON body, which may have a picture as a data URI in it
MAX_IMAGE_BYTES = 20 * 1024 * 1024
MAX_AUDIO_BYTES = 50 * 1024 * 1024
MAX_VIDEO_BYTES = 500 * 1024 * 1024
# of the rendered parts of films in DATA_DIR/segments; those that were not used for the longest time are removed
SEGMENTS_MAX_BYTES = setting_values.read_bytes(env, "SEGMENTS_MAX_BYTES", 20 * 1024**3)
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "projects.web.uploads.DiskUploadHandler",
]

INSTALLED_APPS = [
    # before staticfiles, for a runserver with ASGI; in any other process it would load Twisted for nothing
    *(["daphne"] if "runserver" in sys.argv else []),
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "csp",
    "django_htmx",
    "django_rq",
    "ninja",
    # always installed, so that its tables are there whether it is used or not
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "projects",
    "generation",
    "film",
    "config",
]

MIDDLEWARE = [
    "projects.web.request_counts.count_requests",
    "projects.web.errors.json_errors",  # outermost, so that every error under /api/ is JSON
    "projects.web.valid_requests.ValidRequests",
    "projects.web.compression.CompressedPages",
    "django.middleware.security.SecurityMiddleware",
    "projects.web.static_files.CompressedStaticFiles",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "generation.engine.dashboard.EndedEntries",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["projects.web.templates.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            # nearly every template has words
            "builtins": ["django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "projects.pages.context.person",
                "generation.pages.context.studio",
            ],
        },
    },
]

DATABASES = {"default": databases.read_database(env, DATA_DIR, BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# the tables of allauth in one migration each: its own eighteen would add half a second to every first start
MIGRATION_MODULES = {name: f"config.allauth_migrations.{name}" for name in ("account", "socialaccount", "mfa")}

REDIS_URL = databases.read_redis_url(env, DATA_DIR)
# where no other one is named, the studio starts one
OWN_REDIS = not env.text("REDIS_URL")
CHANNEL_LAYERS = {
    "default": {
        # RedisChannelLayer drops messages past its capacity and goes silent after a flush, both without an error
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py's default socket timeout ends idle subscriptions
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}
# a queue for each kind of step, each with workers of its own: a slow download never holds up a poll
RQ_QUEUES = {
    name: {
        "URL": REDIS_URL,
        "DEFAULT_TIMEOUT": timeout,
        "DEFAULT_RESULT_TTL": 60,
        "SERIALIZER": "rq.serializers.JSONSerializer",
        "REDIS_CLIENT_KWARGS": {"socket_connect_timeout": 2},
    }
    for name, timeout in {
        "poll": 120,
        "submit": 300,
        "collect": 3600,
        "check": 1800,
        "webhook": 300,
        "export": 86_400,
        "proxy": 3600,
    }.items()
}
RQ = {
    "COMMIT_MODE": "auto",
    "WORKER_CLASS": "generation.engine.worker.StudioWorker",
    "JOB_CLASS": "generation.engine.entry.Entry",
    "SHOW_ADMIN_LINK": False,
}

# Pages
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("fonts", fonts.PACKAGE), ("fonts/latin", fonts.latin_folder())]
WHITENOISE_USE_FINDERS = True
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "projects"
LOGOUT_REDIRECT_URL = "login"
# also how long a sign-in link works, in seconds
PASSWORD_RESET_TIMEOUT = 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "projects.pages.responses.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    # django-rq's pages have inline scripts
    "EXCLUDE_URL_PREFIXES": ("/django-rq/", "/admin/django_rq/"),
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "style-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

LANGUAGE_CODE = "en"
# English only: words are marked for locale/, and looking for translations would cost each page time
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "dailies": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}

NINJA_PAGINATION_PER_PAGE = 50
# HSTS for subdomains and preload lists: only the owner of the whole domain can promise these
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
