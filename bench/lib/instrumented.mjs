// The build with counters around it: requests to the Worker and to its objects, rows, alarms. POST /counts tells and forgets them.
import entry, * as classes from "./index.js";

const nothing = () => ({ requests: 0, objectRequests: 0, rowsRead: 0, rowsWritten: 0 });
let counts = nothing();
const cursors = [];

/** A cursor knows what it has cost when it was read to its end; that is so of all but the youngest. */
function settle(youngest = 0) {
  for (const { rowsRead, rowsWritten } of cursors.splice(0, cursors.length - youngest)) {
    counts.rowsRead += rowsRead;
    counts.rowsWritten += rowsWritten;
  }
}

function take() {
  settle();
  const taken = counts;
  counts = nothing();
  return taken;
}

export default {
  fetch(request, env, context) {
    if (request.method === "POST" && new URL(request.url).pathname === "/counts") return Response.json(take());
    counts.requests++;
    return entry.fetch(request, env, context);
  },
};

let watching = false;

/** Storages of all objects have the same prototypes. */
function watch(storage) {
  if (watching) return;
  watching = true;
  const sql = Object.getPrototypeOf(storage.sql);
  const { exec } = sql;
  sql.exec = function (...parameters) {
    const cursor = exec.apply(this, parameters);
    if (cursors.push(cursor) > 2_000) settle(1_000);
    return cursor;
  };
  const prototype = Object.getPrototypeOf(storage);
  const { setAlarm } = prototype;
  prototype.setAlarm = function (...parameters) {
    // It is billed as a row.
    counts.rowsWritten++;
    return setAlarm.apply(this, parameters);
  };
}

const counted = (Class) =>
  class extends Class {
    constructor(state, env) {
      super(state, env);
      watch(state.storage);
    }

    run(command) {
      counts.objectRequests++;
      return super.run(command);
    }

    alarm() {
      counts.objectRequests++;
      return super.alarm();
    }
  };

export const Account = counted(classes.Account);
export const Directory = counted(classes.Directory);
export const Hasher = counted(classes.Hasher);
export const Registry = counted(classes.Registry);
export const Replay = counted(classes.Replay);
