"""Settings, read from the environment (and from `.env` if it lies beside manage.py).

Every name is listed with its meaning in `.env.example`. With DEBUG off Foyer refuses to start on a default
that is only good enough for a first look: see `project.startup_checks`.
"""

from pathlib import Path
from urllib.parse import unquote

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from project.startup_checks import refuse_insecure

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="insecure-first-look" if DEBUG else "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")

STRIPE_API_KEY = env.str("STRIPE_API_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")
STRIPE_CHECKOUT_ORIGIN = env.str("STRIPE_CHECKOUT_ORIGIN", default="https://checkout.stripe.com")

DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")

if not DEBUG:
    refuse_insecure(
        secret_key=SECRET_KEY,
        allowed_hosts=ALLOWED_HOSTS,
        webhook_secret=STRIPE_WEBHOOK_SECRET,
        api_key=STRIPE_API_KEY,
        database_url=DATABASE_URL,
        redis_url=REDIS_URL,
    )

INSTALLED_APPS = [
    "daphne",
    "core.kernel",
    "core.outbox",
    "core.audit",
    "core.accounts",
    "core.ledger",
    "core.catalog",
    "core.seating",
    "core.payments",
    "core.bookings",
    "core.tickets",
    "core.notifications",
    "core.flows",
    "portals.account",
    "portals.customer",
    "portals.organizer",
    "portals.merchant",
    "portals.checkin",
    "project",
    "project.desk_app.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_htmx",
    "django_otp",
    "django_prometheus",
    "django_structlog",
    "phonenumber_field",
    "template_partials",
]
if DEBUG:
    INSTALLED_APPS += ["tailwind", "project.theme"]
TAILWIND_APP_NAME = "project.theme"

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "project.middleware.client_addresses",
    "project.middleware.request_ids",
    "project.middleware.legible",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "portals.account.zones.time_zones",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "project.middleware.permissions_policy",
    "project.middleware.kept_private",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portals.account.sessions.last_seen",
    "portals.membership.behind_doors",
    "django_structlog.middlewares.RequestMiddleware",
    "project.middleware.bounded",
    "project.middleware.refusals",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
ASGI_APPLICATION = "project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "project.templatetags.theme",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "project.context.site",
            ],
        },
    }
]

_database = env.db_url_config(DATABASE_URL or "postgres:///foyer")
# A pool that cannot connect waits twice as long each time: given up soon, it is quickly back when PostgreSQL is.
_pool = {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=8), "timeout": 5, "reconnect_timeout": 5}
# PostgreSQL would spend more on planning the showtime page than on answering it.
_prepare_after = env.int("DATABASE_PREPARE_AFTER", default=3)
_prepared = {"server_side_binding": True, "prepare_threshold": _prepare_after or None}
DATABASES = {
    "default": _database
    | {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": unquote(_database["HOST"]),  # a unix socket's folder is written %2Fvar%2Frun%2Fpostgresql
        "OPTIONS": {**_database.get("OPTIONS", {}), "pool": _pool, **_prepared},
        "CONN_HEALTH_CHECKS": True,  # else the pool hands out dead connections after a restart of PostgreSQL
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = REDIS_URL or "redis://127.0.0.1:6379/0"
# Pages, logins and payments go on without Valkey; only the readiness page wants to know that it is away.
CACHES = {
    "default": {"BACKEND": "project.patient_cache.PatientRedisCache", "LOCATION": REDIS_URL},
    "strict": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
}
for _cache in CACHES.values():
    _cache["OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 2}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "foyer"},
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # what a killed worker had fetched waits until it is handed over again
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Valkey with its disk or memory full refuses every write: a worker waits then, instead of ending.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # One that nobody took in time is dropped: with Stripe slow they would fill the queue, and the next does its work.
    "complete what was left half-way": {
        "task": "flows.complete_unfinished",
        "schedule": 20.0,
        "options": {"expires": 20.0},
    },
    "tell watchers of lapsed holds": {"task": "seating.tell_lapsed", "schedule": 15.0},
    "seal the activity log": {"task": "audit.seal", "schedule": 30.0},
    "snapshot balances": {"task": "ledger.snapshot_balances", "schedule": 600.0},
    "look for money that came late": {"task": "flows.ask_again", "schedule": crontab(hour=3, minute=48)},
    "forget what is old": {"task": "flows.forget_old", "schedule": crontab(hour=4, minute=12)},
    "worker heartbeat": {"task": "project.heartbeat", "schedule": 10.0},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portals.account.backend.LoginBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "core.accounts.passwords.StrongPassword"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "customer:tickets"
LOGOUT_REDIRECT_URL = "customer:home"
ACCOUNT_ADAPTER = "project.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an account begins with a proved number or address: core.flows.registering
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# Logins and codes are limited in core, where a cache that is away lifts no limit (docs/decisions/0023).
ACCOUNT_RATE_LIMITS = {"password_strength": "60/m/ip", "login_failed": None, "login": None}

SESSION_ENGINE = "project.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "project.views.csrf_failure"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("TRUST_PROXY", default=False) else None
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG and SITE_URL.startswith("https://"))
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int(
    "HSTS_SECONDS", default=0 if DEBUG or not SITE_URL.startswith("https://") else 60 * 60 * 24 * 365
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "frame-src": env.list("TRAILER_ORIGINS", default=["https://www.youtube-nocookie.com"]),
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, STRIPE_CHECKOUT_ORIGIN],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 4
MOST_BODY_BYTES = 12_000_000

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "project.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
TIME_ZONE_OF_PEOPLE = env.str("TIME_ZONE_OF_PEOPLE", default="Europe/Vienna")
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", default="AT")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "project.static_storage.HashedFiles"
    },
}

OUTBOX_DIR = VAR_DIR / "outbox"
OUTBOX_OPEN = env.bool("OUTBOX_OPEN", default=DEBUG)
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    # Without an SMTP server every mail lies in a folder and can be read at /_outbox/.
    EMAIL_BACKEND = "project.mail_folder.FolderBackend"
EMAIL_TIMEOUT = 20
SMS_URL = env.str("SMS_URL", default="")
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("FROM_EMAIL", default="Foyer <tickets@foyer.localhost>")

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
ADMIN_PATH = env.str("ADMIN_PATH", default="desk").strip("/")

DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # project.middleware.request_ids has checked it
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it would believe what the client says; client_addresses logs the truth

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structured": {"()": "project.logs.formatter", "plain": DEBUG}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "stripe": {"level": "WARNING"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners knock all day; they have their 400
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []
