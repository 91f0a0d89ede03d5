"""Lists kept under a name: whose they are, who sees them, what of them is on the ledger."""

import pytest

from exports.errors import Incomplete, NotAllowed, RoleMissing, TooManyViews, ViewKept
from exports.models import Event, Role, User
from reviews import saved_views
from reviews.models import SavedView
from tests.factories import NOON, make_office, make_person

pytestmark = pytest.mark.usefixtures("law")
QUEUE = "/workbench/cases/"
VIEWS = "/workbench/views/"


@pytest.fixture
def supervisor(office) -> User:
    return make_person(Role.SUPERVISOR, office, name="Zhao")


@pytest.fixture
def view(supervisor) -> SavedView:
    """Risky cases to Kazakhstan, as the supervisor keeps them."""
    query = "view=all&risk=%3E60&dest=KZ&horizon=all"
    return saved_views.save(name=" Risky  KZ ", query=query, by=supervisor, at=NOON)


def names(user: User) -> list[str]:
    return [each.name for each in saved_views.views_of(user)]


def test_a_kept_view_is_ones_own_until_it_is_shared(view, supervisor, reviewer):
    stranger = make_person(Role.REVIEWER, make_office("xinjiang"))
    district = make_office("binhai", level="city", parent=supervisor.office)
    neighbour = make_person(Role.REVIEWER, district)
    assert names(supervisor) == ["Risky KZ"]
    assert SavedView.objects.open_to(reviewer).count() == 0

    saved_views.share(view, by=supervisor, at=NOON)

    assert names(reviewer) == names(neighbour) == ["Risky KZ"]
    assert names(stranger) == []


def test_sharing_is_an_act_of_the_office(view, supervisor, office):
    saved_views.share(view, by=supervisor, at=NOON)
    view.refresh_from_db()
    saved_views.unshare(view, by=supervisor, at=NOON)

    told = Event.objects.filter(subject="office", action__startswith="office.view_")
    assert [(each.action, each.subject_key, each.actor) for each in told.order_by("seq")] == [
        ("office.view_shared", office.code, "Zhao"),
        ("office.view_unshared", office.code, "Zhao"),
    ]
    view.refresh_from_db()
    assert view.shared_with is None


def test_deleting_what_is_shared_ends_the_sharing_on_the_ledger(view, supervisor, reviewer):
    saved_views.share(view, by=supervisor, at=NOON)
    view.refresh_from_db()

    saved_views.delete(view, by=supervisor, at=NOON)

    assert Event.objects.filter(action="office.view_unshared").count() == 1
    assert names(reviewer) == []


def test_only_a_supervisor_shares_and_nobody_touches_anothers(view, supervisor, reviewer, senior):
    own = saved_views.save(name="Mine", query="view=mine", by=senior, at=NOON)
    with pytest.raises(RoleMissing):
        saved_views.share(own, by=senior, at=NOON)
    for act in (
        lambda: saved_views.share(own, by=supervisor, at=NOON),
        lambda: saved_views.rename(view, name="x", by=reviewer),
        lambda: saved_views.pin(view, shown=False, by=reviewer),
        lambda: saved_views.delete(view, by=reviewer, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            act()

    assert names(supervisor) == ["Risky KZ"]


def test_a_name_is_needed_and_is_ones_own_once(view, supervisor, reviewer):
    other = saved_views.save(name="Other", query="view=mine", by=supervisor, at=NOON)
    for name in ("", "  ", "\x07"):
        with pytest.raises(Incomplete):
            saved_views.save(name=name, query="view=all", by=supervisor, at=NOON)
    with pytest.raises(ViewKept):
        saved_views.save(name="Risky KZ", query="view=all", by=supervisor, at=NOON)
    with pytest.raises(ViewKept):
        saved_views.rename(other, name="Risky KZ", by=supervisor)

    saved_views.save(name="Risky KZ", query="view=all", by=reviewer, at=NOON)


def test_nobody_keeps_more_than_can_be_looked_through(supervisor, monkeypatch, view):
    monkeypatch.setattr(saved_views, "MOST", 1)

    with pytest.raises(TooManyViews):
        saved_views.save(name="One more", query="view=all", by=supervisor, at=NOON)


@pytest.fixture
def desk(client, supervisor):
    client.force_login(supervisor)
    return client


def test_keeping_the_list_one_looks_at_makes_it_a_tab(desk, supervisor):
    sent = {"name": "Late to KZ", "here": "dest=KZ&view=all&due=late&nonsense=1"}

    response = desk.post("/workbench/views/save/", sent)

    assert response["Location"] == f"{QUEUE}?view=all&due=late&dest=KZ"
    page = desk.get(response["Location"])
    assert page.context["kept"] == [
        {"name": "Late to KZ", "query": "view=all&due=late&dest=KZ", "current": True}
    ]
    assert page.content.decode().count('aria-current="page">Late to KZ') == 1


def test_a_name_taken_comes_back_with_what_was_typed(desk, view):
    sent = {"name": "Risky KZ", "here": "view=mine"}

    response = desk.post("/workbench/views/save/", sent)

    assert response.status_code == 409
    text = response.content.decode()
    assert 'value="Risky KZ"' in text
    assert 'name="here" value="view=mine"' in text


def test_a_view_is_renamed_taken_off_the_tabs_shared_and_deleted(desk, view, reviewer):
    address = f"{VIEWS}{view.pk}/"
    for change in ("unpin", "pin", "share", "unshare"):
        assert desk.post(address, {"change": change}).status_code == 302, change
    assert desk.post(address, {"change": "rename", "name": "To KZ"}).status_code == 302
    assert "To KZ" in desk.get(VIEWS).content.decode()
    assert desk.post(address, {"change": "rename", "name": ""}).status_code == 422
    assert desk.post(address, {"change": "explode"}).status_code == 404

    assert desk.post(address, {"change": "delete"}).status_code == 302

    assert not SavedView.objects.exists()
    assert desk.post(address, {"change": "delete"}).status_code == 404


def test_anothers_view_is_not_there(client, view, reviewer):
    client.force_login(reviewer)
    address = f"{VIEWS}{view.pk}/"
    assert client.post(address, {"change": "delete"}).status_code == 404

    saved_views.share(view, by=view.owner, at=NOON)

    assert client.post(address, {"change": "delete"}).status_code == 403
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_a_view_kept_with_a_filter_that_went_away_says_so(desk, view):
    SavedView.objects.update(query="view=all&colour=red&dest=KZ")

    text = desk.get(f"{QUEUE}?view=all&colour=red&dest=KZ&lang=en").content.decode()

    assert "“colour” is no filter" in text
