import Database from "better-sqlite3";

const ORGANIZATIONS = 240;
const USERS = 20_000;
const BOOKINGS = 300_000;

const SCHEMA = `
  create table organizations (id integer primary key, name text not null, city text);
  create table users (
    id integer primary key,
    email text not null unique,
    name text not null,
    organization_id integer references organizations (id)
  );
  create table rooms (id integer primary key, name text not null, beds integer not null);
  create table bookings (
    id integer primary key,
    user_id integer not null references users (id),
    room_id integer not null references rooms (id),
    starts_at text not null,
    ends_at text not null,
    note text
  );
  create index users_by_organization on users (organization_id);
  create index bookings_by_user on bookings (user_id);
  create view busy_rooms as select room_id, count(*) as bookings from bookings group by room_id;
`;

const TOWNS = ["Bergen", "Toronto", "Kyoto", "Lyon", "Porto", "Graz", "Cork", "Ghent"] as const;
const TRADES = ["Bakery", "Clinic", "Studio", "Library", "Garage", "Orchestra", "Press", "Academy", "Observatory", "Dairy"] as const;
const FIRST_NAMES = ["Ada", "Bo", "Chidi", "Dana", "Emil", "Farah", "Goro", "Hana", "Ines", "Jun", "Kofi", "Lena"] as const;
const LAST_NAMES = ["Berg", "Costa", "Dubois", "Eriksen", "Fischer", "Grant", "Haddad", "Ito", "Jansen", "Khan"] as const;

/** Writes the example's database, the same on every machine: an application that has been in use for three years, in WAL mode. */
export function writeBookingDatabase(file: string): void {
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.exec(SCHEMA);
  database.transaction(() => fill(database))();
  database.close();
}

function fill(database: Database.Database): void {
  const random = randomNumbers(20_261_121);
  const below = (limit: number) => Math.floor(random() * limit);
  const of = <T>(list: readonly [T, ...T[]]) => list[below(list.length)] ?? list[0];

  const organization = database.prepare("insert into organizations values (?, ?, ?)");
  for (let id = 1; id <= ORGANIZATIONS; id += 1) {
    // A few were imported from the paper files, without a town.
    const town = of(TOWNS);
    organization.run(id, `${of(LAST_NAMES)} ${of(TRADES)}`, id % 120 === 0 ? null : town);
  }

  const user = database.prepare("insert into users values (?, ?, ?, ?)");
  for (let id = 1; id <= USERS; id += 1) {
    const [first, last] = [of(FIRST_NAMES), of(LAST_NAMES)];
    user.run(id, `${first}.${last}.${id}@example.com`.toLowerCase(), `${first} ${last}`, 1 + below(ORGANIZATIONS));
  }

  const room = database.prepare("insert into rooms values (?, ?, ?)");
  for (let id = 1; id <= 80; id += 1) room.run(id, `Room ${id}`, 1 + (id % 4));

  const booking = database.prepare(
    "insert into bookings values (?, ?, ?, date('2024-01-01', ? || ' days'), date('2024-01-01', ? || ' days'), ?)",
  );
  for (let id = 1; id <= BOOKINGS; id += 1) {
    const day = Math.floor((id / BOOKINGS) * 1_090);
    booking.run(id, 1 + below(USERS), 1 + below(80), day, day + 1 + below(6), below(50) === 0 ? "very happy" : null);
  }
}

/** Numbers from 0 up to 1, the same for the same seed: a linear congruential generator, good enough to look like an application's data. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
