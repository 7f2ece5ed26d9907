// Rows by the million, and rows whose time has passed: written into the SQLite files of objects while no server has them open. They
// are copies of rows that the Worker wrote, with other keys, so they are what it would have written.
import { randomBytes } from "node:crypto";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Brings a directory to so many people. They are called grown-0, grown-1, …; none of them has an account. */
export function growDirectory(file, people) {
  filled(file, (database) => {
    const { sub: model } = database.prepare("SELECT sub FROM person LIMIT 1").get();
    const addPerson = copier(database, "person", ["sub", "account", "attempt", "logins", "user_name", "email"], "sub", model);
    // By its own key: nothing else in these tables is found without reading them all.
    const { login } = database.prepare("SELECT login FROM identifier WHERE sub = ?").get(model);
    const addIdentifier = copier(database, "identifier", ["login", "sub"], "login", login);
    const already = database.prepare("SELECT COUNT(*) AS people FROM person").get().people;
    for (let number = already; number < people; number++) {
      const name = `grown-${number}`;
      const sub = `u${randomBytes(16).toString("base64url")}`;
      addPerson(sub, randomBytes(32), randomBytes(16), JSON.stringify([name]), name, `${name}@example.com`);
      addIdentifier(name, sub);
    }
    database.prepare("UPDATE head SET people = people + ?").run(Math.max(people - already, 0));
  });
}

/** Brings a registry to so many apps more, published like the one that is there, and called "One of many, 7 of them". */
export function growRegistry(file, apps) {
  filled(file, (database) => {
    const { id: model, entry } = database.prepare("SELECT id, entry FROM published LIMIT 1").get();
    const { record } = database.prepare("SELECT record FROM client WHERE id = ?").get(model);
    const addClient = copier(database, "client", ["id", "record"], "id", model);
    const addEntry = copier(database, "published", ["id", "place", "searchable", "entry"], "id", model);
    const [before, shown] = [JSON.parse(record), JSON.parse(entry)];
    for (let number = 0; number < apps; number++) {
      const [id, name] = [`grown-${number}`, `One of many, ${number} of them`];
      addClient(id, JSON.stringify({ ...before, id, name }));
      const folded = name.toLowerCase();
      addEntry(id, folded, `${folded}\n\n${shown.site}`, JSON.stringify({ ...shown, id, name }));
    }
  });
}

/** Gives an account so many families that may be removed, and sets its alarm for now. */
export function expireFamilies(file, families) {
  filled(file, (database) => {
    const { id: model } = database.prepare("SELECT id FROM family LIMIT 1").get();
    const add = copier(database, "family", ["id", "code", "attempt", "code_expires_at", "used_at", "ends_at"], "id", model);
    for (let number = 0; number < families; number++) {
      // Ids begin with the minute of their end, and these ended long ago.
      const id = Buffer.concat([Buffer.alloc(4), randomBytes(model.length - 4)]);
      add(id, randomBytes(16), randomBytes(16), 60, 0, 60);
    }
  });
  ring(file);
}

/** Lets so many seconds pass for the clients of a registry that registered themselves, and sets its alarm for now. */
export function ageStrangers(file, seconds) {
  filled(file, (database) => database.prepare("UPDATE self_registration SET at = at - ?").run(seconds));
  ring(file);
}

/** Sets the alarm of an object for now: in its own file, and in the one for all objects of its class. */
function ring(file) {
  filled(file, (database) => database.prepare("INSERT OR REPLACE INTO _cf_METADATA VALUES (1, ?)").run(now()));
  const alarms = path.join(path.dirname(file), "metadata.sqlite");
  const object = path.basename(file, ".sqlite");
  filled(alarms, (database) => database.prepare("INSERT OR REPLACE INTO _cf_ALARM (actor_id, scheduled_time) VALUES (?, ?)").run(object, now()));
}

/** How many rows a table of an object has. */
export function rows(file, name) {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(`SELECT COUNT(*) AS rows FROM ${name}`).get().rows;
  } finally {
    database.close();
  }
}

/** In the unit of the platform's alarms. */
const now = () => BigInt(Date.now()) * 1_000_000n;

function filled(file, fill) {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; BEGIN");
  fill(database);
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

/** Copies the row with this key; the columns `changed` get the values that are given each time. */
function copier(database, name, changed, key, model) {
  const columns = database.prepare("SELECT name FROM pragma_table_info(?)").all(name).map(({ name }) => name);
  const values = columns.map((column) => (changed.includes(column) ? `?${changed.indexOf(column) + 1}` : column));
  const statement = database.prepare(`INSERT INTO ${name} (${columns}) SELECT ${values} FROM ${name} WHERE ${key} = ?${changed.length + 1}`);
  return (...row) => statement.run(...row, model);
}
