// An MCP server that accepts Grantry's access tokens (MCP authorization of 2026-07-28). It serves notes, which it keeps in memory;
// each user has their own.
import { createMcpHandler, McpServer, originValidationResponse, requireScopes } from "@modelcontextprotocol/server";
import * as z from "zod";
import { caller, metadata, metadataUrl, Refusal } from "./access.mjs";

const READ = "notes:read";
const WRITE = "notes:write";

const notes = new Map();
const notesOf = (person) => notes.get(person) ?? [];
const said = (lines) => ({ content: [{ type: "text", text: lines.join("\n") }] });

/** The tools. A tool whose scope the token lacks is refused with 403 and a challenge, and the host asks the user for more. */
const mcp = createMcpHandler(({ authInfo }) => {
  const { person } = authInfo.extra;
  const server = new McpServer({ name: "notes", version: "1.0.0" });
  server.registerTool("list_notes", { description: "Lists my notes", scopeChallenge: requireScopes(READ) }, () => said(notesOf(person)));
  const add = {
    description: "Adds a note, and lists all",
    inputSchema: z.object({ text: z.string().max(1_000) }),
    // Everything that the tool needs in one challenge, so that the user is asked once.
    scopeChallenge: requireScopes(READ, WRITE),
  };
  server.registerTool("add_note", add, ({ text }) => {
    notes.set(person, [...notesOf(person), text].slice(-100));
    return said(notesOf(person));
  });
  return server;
});

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    // A page elsewhere must not reach a server that runs on the user's own machine (MCP, Transports, Security Warning).
    const foreign = originValidationResponse(request, env.ORIGINS.split(" "));
    if (foreign) return foreign;
    const response = await answer(pathname, request, env);
    return withCors(response, request);
  },
};

async function answer(pathname, request, env) {
  const isMetadata = pathname === metadataUrl(env).pathname;
  if (!isMetadata && pathname !== new URL(env.RESOURCE).pathname) return Response.json({ error: "not_found" }, { status: 404 });
  if (request.method === "OPTIONS") return new Response(null, { status: 204 });
  // The smallest useful scope; the host asks for more when a tool needs it.
  if (isMetadata) return Response.json(metadata(env, [READ]));
  try {
    return await mcp.fetch(request, { authInfo: await caller(request, env, READ, [READ, WRITE]) });
  } catch (error) {
    if (error instanceof Refusal) return error.response();
    // The keys cannot be fetched. The token may be valid, so this is not a 401.
    console.error(error);
    return Response.json({ error: "temporarily_unavailable" }, { status: 503 });
  }
}

/** Lets hosts in a browser read the response (Fetch, section 3.3); the origin was checked before. */
function withCors(response, request) {
  const origin = request.headers.get("origin");
  if (!origin) return response;
  const readable = new Response(response.body, response);
  readable.headers.set("access-control-allow-origin", origin);
  readable.headers.set("vary", "origin");
  readable.headers.set("access-control-expose-headers", "www-authenticate");
  if (request.method === "OPTIONS") {
    readable.headers.set("access-control-allow-methods", "GET, POST, DELETE");
    readable.headers.set("access-control-allow-headers", request.headers.get("access-control-request-headers") ?? "");
  }
  return readable;
}
