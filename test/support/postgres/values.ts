/** Types with values that are easily taken for one another: equal to the server, or the same in some setting's words. */
export const FAMILIES: readonly { readonly type: string; readonly values: readonly string[] }[] = [
  { type: "smallint", values: ["0", "1", "-1", "32767", "-32768"] },
  { type: "integer", values: ["0", "1", "-1", "2147483647", "-2147483648"] },
  { type: "bigint", values: ["-1", "4294967295", "1", "4294967296", "0", "9223372036854775807", "-9223372036854775808"] },
  { type: "numeric", values: ["1", "1.0", "1.00", "0", "-1", "NaN", "Infinity", "-Infinity", "1e-20", "100000000000000000000"] },
  { type: "numeric(10,2)", values: ["1", "1.01", "NaN"] },
  { type: "real", values: ["0", "-0", "NaN", "Infinity", "0.1", "0.10000001"] },
  { type: "double precision", values: ["0", "-0", "NaN", "-Infinity", "0.1", "0.10000000000000002", "1e300"] },
  { type: "money", values: ["1", "-1", "1.01", "1000"] },
  { type: "boolean", values: ["true", "false"] },
  { type: "text", values: ["", " ", "a", "A", "a ", "ä", "a\u0308", "NULL", "1", "1.0"] },
  { type: 'text collate "und_ci"', values: ["a", "A", "ä", "a\u0308", ""] },
  { type: "varchar(20)", values: ["", "a", "a ", "A"] },
  { type: "char(5)", values: ["", "a", "b", "A"] },
  { type: "bpchar", values: ["a", "a  ", "b"] },
  { type: '"char"', values: ["a", "b", ""] },
  { type: "name", values: ["a", "A", "x".repeat(63)] },
  { type: "bytea", values: ["\\x", "\\x00", "\\x61", "\\x6100", "\\x5c"] },
  { type: "date", values: ["2000-01-01", "1999-12-31", "infinity", "-infinity", "0001-01-01 BC", "5874897-12-31"] },
  { type: "time", values: ["00:00", "24:00", "12:00:00.000001"] },
  { type: "timetz", values: ["12:00+00", "14:00+02", "12:00-01"] },
  { type: "timestamp", values: ["2000-01-01", "2000-01-01 00:00:00.000001", "infinity", "-infinity", "2000-01-01 BC"] },
  { type: "timestamptz", values: ["2000-01-01", "2000-01-01 01:11:34.967296", "infinity", "-infinity"] },
  { type: "interval", values: ["1 mon", "30 days", "720:00:00", "1 day", "24:00:00", "-1 mon", "1 mon -30 days"] },
  { type: "uuid", values: ["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001"] },
  { type: "json", values: ['{"a":1}', '{"a": 1}', '{"a":1.0}', "null", '"null"'] },
  { type: "jsonb", values: ['{"a":1}', '{"a":1.0}', "null", '"null"', "[]", "{}"] },
  { type: "jsonpath", values: ["$.a", "$.b"] },
  { type: "xml", values: ["<a/>", "<a></a>", "<a>x</a>", "text"] },
  { type: "point", values: ["(0,0)", "(0,-0)", "(1e-10,0)"] },
  { type: "box", values: ["(1,1),(0,0)", "(2,0.5),(0,0)", "(1,1),(0,0.0000001)"] },
  { type: "circle", values: ["<(0,0),1>", "<(1,0),1>", "<(0,0),1.0000001>"] },
  { type: "path", values: ["((0,0),(1,1))", "[(0,0),(1,1)]"] },
  { type: "polygon", values: ["((0,0),(1,1),(1,0))", "((1,0),(0,0),(1,1))"] },
  { type: "line", values: ["{1,2,3}", "{2,4,6}"] },
  { type: "lseg", values: ["[(0,0),(1,1)]", "[(1,1),(0,0)]"] },
  { type: "inet", values: ["10.0.0.1", "10.0.0.1/24", "10.0.0.0/24", "::1", "::"] },
  { type: "cidr", values: ["10.0.0.0/24", "10.0.0.0/25"] },
  { type: "macaddr", values: ["08:00:2b:01:02:03", "08:00:2b:01:02:04"] },
  { type: "macaddr8", values: ["08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:06"] },
  { type: "bit(4)", values: ["0000", "0001", "1000"] },
  { type: "varbit", values: ["", "0", "00", "1"] },
  { type: "oid", values: ["0", "1", "4294967295"] },
  { type: "regclass", values: ["pg_class", "pg_type", "-"] },
  { type: "pg_lsn", values: ["0/0", "1/0", "0/1"] },
  { type: "xid", values: ["3", "4"] },
  { type: "tid", values: ["(0,1)", "(1,0)"] },
  { type: "tsvector", values: ["a:1", "a:1A", "a", "'a b'", "a b"] },
  { type: "tsquery", values: ["a & b", "b & a", "a <-> b"] },
  { type: "integer[]", values: ["{}", "{1}", "{{1}}", "[0:0]={1}", "{NULL}", "{1,2}", "{{1,2}}"] },
  { type: "text[]", values: ["{}", "{NULL}", '{"NULL"}', '{""}', '{"a,b"}', "{a,b}"] },
  { type: "numeric[]", values: ["{1}", "{1.0}"] },
  { type: "interval[]", values: ["{1 mon}", "{30 days}"] },
  { type: "money[]", values: ["{1}", "{2}"] },
  { type: "int4range", values: ["empty", "[1,2)", "[1,)", "(,1)", "(,)"] },
  { type: "numrange", values: ["[1,2]", "[1.0,2]", "[1,2)", "empty"] },
  { type: "tstzrange", values: ["[2000-01-01,infinity]", "[2000-01-01,)"] },
  { type: "nummultirange", values: ["{}", "{[1,2]}", "{[1.0,2]}", "{[1,2],[3,4]}"] },
  { type: "mood", values: ["sad", "ok"] },
  { type: "mood[]", values: ["{sad}", "{ok}", "{sad,ok}"] },
  { type: "feeling", values: ["sad", "ok"] },
  { type: "exact", values: ["1", "1.0", "1.00"] },
  { type: "pair", values: ["(1,a)", "(1,)", '(1,"")', "(,)", "(1.0,a)"] },
  { type: "pair[]", values: ['{"(1,a)"}', '{"(1.0,a)"}'] },
  { type: "citext", values: ["foo", "Foo"] },
  { type: "far.hstore", values: ["a=>1", "a=>NULL", 'a=>"NULL"', ""] },
  { type: "ltree", values: ["a.b", "a.c"] },
  { type: "cube", values: ["(1,2)", "(1,2),(3,4)"] },
];

/** What the types above need, extensions aside. */
export const TYPES = `
create type mood as enum ('sad', 'ok');
create domain feeling as mood;
create domain exact as numeric check (value > 0);
create type pair as (a numeric, b text);
create collation und_ci (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
create function misleading(mood) returns text language sql immutable as $$ select 'same' $$;
create cast (mood as text) with function misleading(mood) as assignment;
`;

export const EXTENSIONS =
  "create extension citext; create schema far; create extension hstore schema far; create extension ltree; create extension cube;";
