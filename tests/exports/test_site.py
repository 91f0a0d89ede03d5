from django.db import OperationalError, connection


def test_the_process_says_that_it_lives_without_asking_the_database(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"alive": True})


def test_the_site_is_ready_while_the_database_answers(client, db):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"ready": True})


def test_without_a_database_the_site_is_not_ready_and_says_when_to_ask_again(client, monkeypatch):
    def refuse() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"ready": False})
    assert response["Retry-After"] == "5"


def test_the_language_is_kept_in_a_cookie_and_leads_back_to_the_same_page(client, db):
    response = client.post("/language/", {"language": "en", "next": "/help/"})

    assert response["Location"] == "/help/"
    assert response.cookies["language"].value == "en"
    assert response.cookies["language"]["httponly"]


def test_an_unknown_language_changes_nothing_and_no_stranger_is_sent_elsewhere(client, db):
    response = client.post("/language/", {"language": "xx", "next": "https://evil.example/"})

    assert response["Location"] == "/"
    assert not response.cookies


def test_a_signed_in_persons_language_is_kept_with_the_person(signed_in, clerk):
    signed_in(clerk).post("/language/", {"language": "en", "next": "/"})

    clerk.refresh_from_db()
    assert clerk.language == "en"
