"""Settings of the tests: the real ones, with a database and folders of their own."""

import os
import tempfile

os.environ.setdefault("DATABASE_URL", os.environ.get("TEST_DATABASE_URL", "sqlite:///:memory:"))
os.environ.setdefault("EMAIL_URL", "memorymail://")
if "TEST_REDIS_URL" in os.environ:
    os.environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"]

from config.settings import *  # noqa: F403 - the environment must be set first

MEDIA_ROOT = tempfile.mkdtemp(prefix="chuguan-tests-")
STATIC_ROOT = tempfile.mkdtemp(prefix="chuguan-tests-")  # WhiteNoise warns of a missing folder
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405 - from the star import
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
if DATABASES["default"]["NAME"] != ":memory:" and ON_SQLITE:  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}  # noqa: F405
# Unit tests run tasks where they are kicked; the suites with a broker start real workers.
CELERY_TASK_ALWAYS_EAGER = "TEST_REDIS_URL" not in os.environ
CELERY_TASK_EAGER_PROPAGATES = True
# Decisions take effect at once; the minute for taking them back has tests of its own.
UNDO_SECONDS = 0
PUBLIC_API_RATE = "100000/min"
ACCOUNT_RATE_LIMITS["login"] = "100000/m/ip"  # noqa: F405
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"anon": PUBLIC_API_RATE}  # noqa: F405
