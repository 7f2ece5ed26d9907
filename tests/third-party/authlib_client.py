"""A relying party as its authors would write it with Authlib and requests, untouched, from PyPI.

usage: authlib_client.py SCENARIO SETTINGS, where SETTINGS is JSON. Where a person would use a browser, it prints the
address and reads where that led; its last line is what it found, as JSON.
"""

import json
import os
import sys

# The server under test is on this machine, without https.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url as well_known_of_oauth
from authlib.oauth2.rfc9068.claims import JWTAccessTokenClaims
from authlib.oidc.core import CodeIDToken, UserInfo
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.jwk import KeySet, import_key
from joserfc.jws import JWSRegistry

LEEWAY = 5


def discover(issuer):
    """The metadata, in both places, as the library finds it valid."""
    found = requests.get(get_well_known_url(issuer, external=True), timeout=10).json()
    OpenIDProviderMetadata(found).validate()
    same = requests.get(well_known_of_oauth(issuer, external=True), timeout=10).json()
    AuthorizationServerMetadata(same).validate()
    assert found["issuer"] == same["issuer"] == issuer
    return found


class Party:
    """A client of the server, with what the server publishes."""

    def __init__(self, settings):
        self.metadata = discover(settings["issuer"])
        self.keys = KeySet.import_key_set(requests.get(self.metadata["jwks_uri"], timeout=10).json())
        method = settings["method"]
        secret = settings.get("client_secret")
        if method == "private_key_jwt":
            secret = import_key(settings["private_key"])
        self.session = OAuth2Session(
            settings["client_id"],
            secret,
            token_endpoint_auth_method=method,
            revocation_endpoint_auth_method=method,
            scope=settings.get("scope"),
            redirect_uri=settings.get("redirect_uri"),
            code_challenge_method="S256",
            token_endpoint=self.metadata["token_endpoint"],
        )
        if method == "private_key_jwt":
            signs = PrivateKeyJWT(settings["issuer"], headers={"kid": secret.kid}, alg=settings["alg"])
            self.session.register_client_auth_method(signs)

    def decode(self, token, algorithms):
        return jwt.decode(token, self.keys, registry=JWSRegistry(algorithms=algorithms, strict_check_header=False))

    def id_token(self, tokens, nonce):
        """The claims of the ID token, judged by the library."""
        token = self.decode(tokens["id_token"], self.metadata["id_token_signing_alg_values_supported"])
        options = {"iss": {"essential": True, "value": self.metadata["issuer"]}}
        params = {"nonce": nonce, "client_id": self.session.client_id, "access_token": tokens["access_token"]}
        claims = CodeIDToken(token.claims, token.header, options, params)
        claims.validate(leeway=LEEWAY)
        assert claims["aud"] == self.session.client_id
        assert "at_hash" in claims
        return claims

    def access_token(self, text, audience):
        """The claims of the access token, judged by the library as a resource server does."""
        token = self.decode(text, ["ES256"])
        options = {
            "iss": {"essential": True, "value": self.metadata["issuer"]},
            "aud": {"essential": True, "value": audience},
            **{name: {"essential": True} for name in ("exp", "iat", "sub", "jti", "client_id")},
        }
        claims = JWTAccessTokenClaims(token.claims, token.header, options)
        assert token.header["typ"] == "at+jwt"
        claims.validate(leeway=LEEWAY)
        return claims

    def sign_in(self):
        """Tokens for a user who was sent to the server and back, and the claims of the ID token."""
        verifier, nonce = generate_token(48), generate_token()
        there, state = self.session.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
        print(there, flush=True)
        tokens = self.session.fetch_token(
            authorization_response=sys.stdin.readline().strip(), state=state, code_verifier=verifier
        )
        return dict(tokens), self.id_token(tokens, nonce)

    def userinfo(self):
        answer = self.session.get(self.metadata["userinfo_endpoint"])
        return answer.status_code, answer.json() if answer.ok else None


def refused(attempt):
    """The OAuth error with which an attempt was refused."""
    try:
        attempt()
    except OAuthError as error:
        return error.error
    return None


def code(settings):
    """Code with PKCE, ID token, userinfo, refresh, revocation."""
    party = Party(settings)
    tokens, claims = party.sign_in()
    access = party.access_token(tokens["access_token"], settings["audience"])
    assert access["sub"] == claims["sub"]
    _, info = party.userinfo()
    assert UserInfo(info).sub == claims["sub"]

    refreshed = dict(party.session.refresh_token())
    assert refreshed["access_token"] != tokens["access_token"]
    assert party.id_token(refreshed, None)["sub"] == claims["sub"]
    assert party.userinfo()[0] == 200

    endpoint = party.metadata["revocation_endpoint"]
    revoked = party.session.revoke_token(endpoint, refreshed["refresh_token"], token_type_hint="refresh_token")
    assert revoked.status_code == 200, revoked.text
    error = refused(lambda: party.session.refresh_token(refresh_token=refreshed["refresh_token"]))
    after, _ = party.userinfo()
    return {
        "sub": claims["sub"],
        "name": info["name"],
        "alg": claims.header["alg"],
        "rotated": refreshed["refresh_token"] != tokens["refresh_token"],
        "error_after": error,
        "userinfo_after": after,
    }


def machine(settings):
    """Client credentials: a token of the service itself."""
    party = Party(settings)
    tokens = party.session.fetch_token(grant_type="client_credentials")
    claims = party.access_token(tokens["access_token"], settings["audience"])
    return {"sub": claims["sub"], "scope": claims["scope"]}


def introspect(settings):
    """What a resource server learns of a token, before and after it was revoked."""
    app, api = Party(settings["app"]), Party(settings["api"])
    tokens, _ = app.sign_in()
    ask = lambda: api.session.introspect_token(api.metadata["introspection_endpoint"], tokens["access_token"]).json()
    before = ask()
    app.session.revoke_token(app.metadata["revocation_endpoint"], tokens["refresh_token"])
    return {"before": before, "after": ask()}


if __name__ == "__main__":
    scenario = {"code": code, "machine": machine, "introspect": introspect}[sys.argv[1]]
    print(json.dumps(scenario(json.loads(sys.argv[2]))), flush=True)
