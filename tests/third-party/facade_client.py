"""A client of the JSON facade as its authors would write it with requests, untouched, from PyPI.

usage: facade_client.py SCENARIO SETTINGS, where SETTINGS is JSON. Where a person would use a browser, it prints the
address and reads where that led; its last line is what it found, as JSON.
"""

import json
import sys
import time
from urllib.parse import parse_qs, urlsplit

import requests


class App:
    """A client that keeps nothing of a user but the name that it has for the user itself."""

    def __init__(self, settings):
        self.facade = f"{settings['issuer']}/{settings['facade']}/oauth2"
        self.api = settings["api"]
        self.user = {"client_id": settings["client_id"], "client_user_identity": settings["identity"]}
        self.secret = {"client_secret": settings["client_secret"]}
        self.other = {name: settings["other"][name] for name in ("client_id", "client_secret")}

    def send(self, path, body, method="GET"):
        """JSON in the body, of a GET as well as of a POST."""
        return requests.request(method, self.facade + path, json=body, timeout=10)

    def authorization_url(self, method="GET"):
        answer = self.send("/provider/authorize", {**self.user, "state": "a state"}, method)
        assert answer.status_code == 200, answer.text
        return answer.json()["authorization_url"]

    def connect(self):
        """Sends the user to the server, and redeems the code of the answer."""
        print(self.authorization_url(), flush=True)
        back = parse_qs(urlsplit(sys.stdin.readline().strip()).query)
        assert back["state"] == ["a state"]
        redirect_uri = "https://reports.example.com/callback"
        answer = self.send("/token", {**self.user, **self.secret, "code": back["code"][0], "redirect_uri": redirect_uri}, "POST")
        assert answer.status_code == 200, answer.text
        return back, answer.json()

    def token(self, method="GET"):
        return self.send("/token", {**self.user, **self.secret}, method)

    def revoke(self, method="GET"):
        return self.send("/revoke", {**self.user, **self.secret}, method)

    def call(self, token):
        return requests.get(f"{self.api}/reservations", headers={"Authorization": f"Bearer {token}"}, timeout=10)


def error(answer):
    return [answer.status_code, answer.json().get("error")]


def authorize(app):
    """An address, the same by GET, POST and, where a body would not come through, by query."""
    by_query = requests.get(f"{app.facade}/provider/authorize", params=app.user, timeout=10)
    addresses = [app.authorization_url("GET"), app.authorization_url("POST"), by_query.json()["authorization_url"]]
    return {
        "addresses": addresses,
        "told": [app.user["client_user_identity"] in address for address in addresses],
        "nobody": error(app.send("/provider/authorize", {**app.user, "client_id": "c_nobody"})),
        "no_user": error(app.send("/provider/authorize", {"client_id": app.user["client_id"]})),
    }


def tokens(app):
    """What the client has once the person allowed it."""
    before = app.token()
    back, found = app.connect()
    assert abs(found["expires_at"] - time.time() - found["expires_in"]) < 60
    return {
        "before": error(before),
        "back": sorted(back),
        "members": sorted(found),
        "scope": found["scope"],
        "again": error(app.send("/token", {**app.user, **app.secret, "code": back["code"][0]})),
    }


def renew(app):
    """Fresh token information by client and user alone, for the authenticated client."""
    _, first = app.connect()
    fresh = [app.token("GET").json(), app.token("POST").json()]
    without = app.send("/token", app.user)
    return {
        "members": [sorted(answer) for answer in fresh],
        "fresh": len({first["access_token"], *(answer["access_token"] for answer in fresh)}),
        "calls": [app.call(answer["access_token"]).status_code for answer in fresh],
        "without": error(without),
        "advice": without.json()["error_description"],
        "wrong": error(app.send("/token", {**app.user, "client_secret": "x" * 43})),
        "other": error(app.send("/token", {**app.user, **app.other})),
    }


def revoke(app):
    """Nothing is left, and only the client can do it."""
    _, first = app.connect()
    refused = [error(app.send("/revoke", app.user)), app.send("/revoke", {**app.user, **app.other}).status_code]
    still = app.token().status_code
    done = [app.revoke("GET").json(), app.revoke("POST").json()]
    return {"refused": refused, "still": still, "done": done, "after": error(app.token()), "refresh_token": first["refresh_token"]}


def call(app):
    """The API with the token, without one, with an invalid one; the client then asks for another."""
    _, found = app.connect()
    good = app.call(found["access_token"])
    bad = app.call(found["access_token"][:-4] + "AAAA")
    assert bad.status_code == 401
    return {
        "good": good.status_code,
        "challenge": bad.headers["WWW-Authenticate"].split(" ")[0],
        "error": 'error="invalid_token"' in bad.headers["WWW-Authenticate"],
        "again": app.call(app.token().json()["access_token"]).status_code,
    }


if __name__ == "__main__":
    scenario = {"authorize": authorize, "tokens": tokens, "renew": renew, "revoke": revoke, "call": call}[sys.argv[1]]
    print(json.dumps(scenario(App(json.loads(sys.argv[2])))), flush=True)
