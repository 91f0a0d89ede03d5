"""Kicking deferred work once its row is committed.

The row is the queue; the message only saves waiting for the sweep. So a broker that is down is
logged and never felt by the person who filed.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
holding: ContextVar[bool] = ContextVar("holding", default=False)


@contextmanager
def held_back() -> Iterator[None]:
    """Send no message inside the block: what it makes waits in its rows for the sweeps.

    For loading many objects at once, where each message would only find its work already done.
    """
    token = holding.set(True)
    try:
        yield
    finally:
        holding.reset(token)


def kick_after_commit(task: "Task[..., object]", **arguments: int | str) -> None:
    """Send *task* after the transaction commits; if the broker is away, the sweep will."""
    if not holding.get():
        transaction.on_commit(partial(kick, task, **arguments))


def kick_later_after_commit(
    task: "Task[..., object]", *, seconds: int, **arguments: int | str
) -> None:
    """Send *task* after the commit, to run in *seconds*; if the broker is away, the sweep will."""
    if not holding.get():
        transaction.on_commit(partial(kick_later, task, seconds=seconds, **arguments))


def kick_later(task: "Task[..., object]", *, seconds: int, **arguments: int | str) -> None:
    """Send *task* now, to run in *seconds*; if the broker is away, the sweep will."""
    try:
        task.apply_async(kwargs=arguments, countdown=seconds)
    except (OperationalError, RedisError, OSError) as away:
        logger.warning("broker away, %s waits for its sweep: %s", task.name, away)


def kick(task: "Task[..., object]", **arguments: int | str) -> None:
    """Send *task* now; if the broker is away, the sweep will."""
    try:
        task.delay(**arguments)
    except (OperationalError, RedisError, OSError) as away:
        logger.warning("broker away, %s waits for its sweep: %s", task.name, away)


def kick_each_after_commit(task: "Task[..., object]", *, name: str, values: Iterable[int]) -> None:
    """Send *task* once for each of *values* as argument *name*."""
    for value in values:
        kick_after_commit(task, **{name: value})
