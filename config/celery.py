"""The Celery application. Its settings are the ``CELERY_`` ones of :mod:`config.settings`."""

import os
from typing import Any

from celery import Celery
from kombu.transport import redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("chuguan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["reviews.bulk", "documents.sheets"])

# A worker whose broker goes away would put back what it holds over the lost connection, and die of
# it (kombu 5.7). Nothing is lost without: the message comes back after its visibility timeout, and
# the sweep finds the waiting row before that.
redis.Channel.do_restore = False


class Channel(redis.Channel):
    """A channel that, once closed, refuses as a lost connection does.

    A task that ends after the broker went away acknowledges on a closed channel; kombu 5.7 asks
    ``None`` for its address there, and the worker dies of it instead of connecting again.
    """

    def _connparams(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002 - kombu's own
        """Return where the broker is.

        Raises:
            ConnectionError: the channel is closed.
        """
        if self.connection is None:
            raise ConnectionError("the channel is closed")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]  # kombu ships no types


redis.Transport.Channel = Channel
