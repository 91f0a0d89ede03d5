"""The Celery application. Its settings are the ``CELERY_`` ones of :mod:`config.settings`."""

import os

from celery import Celery
from kombu.transport import redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("chuguan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["reviews.bulk"])

# A worker whose broker goes away would put back what it holds over the lost connection, and die of
# it (kombu 5.7). Nothing is lost without: the message comes back after its visibility timeout, and
# the sweep finds the waiting row before that.
redis.Channel.do_restore = False
