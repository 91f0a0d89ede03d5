"""Addresses of the door and of a person's own account.

Only what is used has an address: of allauth's pages, those to sign up, to hold several addresses
and to sign in by a mailed code have none.
"""

from allauth.account import views as door
from django.urls import URLPattern, URLResolver, include, path, re_path

from config.accounts import pages

sign_in = pages.SignIn.as_view()
urls: list[URLPattern | URLResolver] = [
    # Twice under one address: allauth's name, and the one Django and the templates use.
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/", sign_in, name="login"),
    path("sign-out/", door.logout, name="account_logout"),
    path("sign-out/", door.logout, name="logout"),
    path("account/", pages.account, name="account"),
    path("account/closed/", door.account_inactive, name="account_inactive"),
    path("account/again/", door.reauthenticate, name="account_reauthenticate"),
    path("account/password/", door.password_change, name="account_change_password"),
    path("account/password/forgotten/", door.password_reset, name="account_reset_password"),
    path(
        "account/password/forgotten/sent/",
        door.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^account/password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        door.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/new/",
        door.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/factors/", include("allauth.mfa.urls")),
    path("account/sessions/", pages.sessions, name="usersessions_list"),
    path("account/sessions/end/", pages.sessions_end, name="sessions_end"),
    path("account/sessions/<int:pk>/end/", pages.session_end, name="session_end"),
]
