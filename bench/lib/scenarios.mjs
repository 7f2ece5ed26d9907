// The shapes of operations that all subjects share.
import { together } from "./measure.mjs";

/** As many as there are connections at most: each has a person of its own, as people who sign in at the same time would be. */
export const PEOPLE = 64;

/** Something for each of the people. */
export const forEachPerson = (make) => Array.from({ length: PEOPLE }, (_, place) => make(place));

/** One request, again and again. */
export const always = (request, status = 200) => ({
  step: async (connection) => void (await connection.send(request)).expect(status),
});

/** A request for each person, again and again. */
export const each = (requests, status = 200) => ({
  step: async (connection, { place }) => void (await connection.send(requests[place])).expect(status),
});

/** Asks for a code and uses it no further. @param {(connection, place: number) => Promise<string>} authorize */
export const asking = (authorize) => ({
  step: async (connection, { place }) => {
    if (!(await authorize(connection, place))) throw new Error("no code");
  },
});

/** Redeems codes that were asked for before the clock started, as many of each person as of any other. */
export const redeeming = (port, authorize, redeem) => ({
  prepare: (count, connections) =>
    together(port, 8, Array.from({ length: count }, (_, number) => (connection) => authorize(connection, number % connections))),
  step: async (connection, { number, prepared }) => (await connection.send(redeem(prepared[number]))).expect(200),
});

/** Uses refresh tokens, each of which was the answer to the one before. */
export const rotating = (tokens, refresh) => ({
  step: async (connection, { place }) => {
    const answer = (await connection.send(refresh(tokens[place]))).expect(200);
    tokens[place] = answer.json().refresh_token;
    return answer;
  },
});

/**
 * The same, and the first answer is looked at: it has an ID token of this algorithm, or none at all, as it has at all subjects that are
 * compared.
 * @param {string | undefined} algorithm
 */
export const issuing = (algorithm, { prepare, step }) => ({
  prepare,
  step: async (connection, at) => {
    const answer = await step(connection, at);
    if (at.number > 0) return;
    const { id_token } = answer.json();
    const found = id_token && JSON.parse(Buffer.from(id_token.slice(0, id_token.indexOf(".")), "base64url")).alg;
    if (found !== algorithm) throw new Error(`an ID token of ${found} instead of ${algorithm}`);
  },
});

/**
 * Code exchange and rotating refresh with each kind of ID token and without one, for a provider of OpenID Connect.
 * @param {{port: number, people: {tokens: {refresh_token: string}[], withoutIdToken: {refresh_token: string}}[], authorizing: Function,
 *   redeem: Function, refresh: Function}} provider tokens: those of the clients in their order; authorizing(client, more) asks for a code
 * @param {object[]} clients a web app and a single page app, and two of these that chose ES256
 * @param {any} withoutOpenid what makes an authorization request one without `openid`
 */
export function withIdTokens({ port, people, authorizing, redeem, refresh }, [app, single, appOfES256, singleOfES256], withoutOpenid) {
  const exchange = (client, idToken, more) => issuing(idToken, redeeming(port, authorizing(client, more), (code) => redeem(client, code)));
  const rotation = (client, idToken, tokensOf) => issuing(idToken, rotating(people.map((one) => tokensOf(one).refresh_token), (token) => refresh(client, token)));
  return {
    "code exchange, RS256 ID token": exchange(app, "RS256"),
    "code exchange, ES256 ID token": exchange(appOfES256, "ES256"),
    "code exchange, no ID token": exchange(app, undefined, withoutOpenid),
    "refresh, rotating, RS256 ID token": rotation(single, "RS256", ({ tokens }) => tokens[1]),
    "refresh, rotating, ES256 ID token": rotation(singleOfES256, "ES256", ({ tokens }) => tokens[3]),
    "refresh, rotating, no ID token": rotation(single, undefined, ({ withoutIdToken }) => withoutIdToken),
  };
}
