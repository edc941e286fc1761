/** A small database in which nearly everything stands that a dump may hold. */
export const BOOKINGS = `
create schema audit;
create type public.mood as enum ('calm', 'in a "hurry"');
create domain public.positive as int check (value > 0);
create table public.person (id bigint generated always as identity primary key, name text not null, note text, mood public.mood default 'calm');
create table public.booking (id serial primary key, person bigint references public.person, nights public.positive, total numeric(10, 2), at timestamptz default now());
create table audit."odd; name ""COPY""" ("a b" text, c bytea);
create table public.nothing ();
create table public.log (at date, line text) partition by range (at);
create table public.log_old partition of public.log for values from ('2020-01-01') to ('2021-01-01');
create table public.log_new partition of public.log for values from ('2021-01-01') to ('2022-01-01');
create view public.guests as select name, count(*) from public.person join public.booking on person.id = booking.person group by name;
create materialized view public.totals as select sum(total) from public.booking;
create function audit.note() returns trigger language plpgsql as $body$ begin /*
COPY public.person (id) FROM stdin;
\\.
*/ return new; end $body$;
create trigger noted before update on public.person for each row execute function audit.note();
insert into public.person (name, note) values ('Ada', E'tab\\there\\nand a line'), ('Grace', E'\\\\.'), ('Zoë', null);
insert into public.booking (person, nights, total) values (1, 2, 199.00), (2, 1, 88.5), (3, 14, 1000);
insert into audit."odd; name ""COPY""" values (E'\\\\.\\nCOPY x FROM stdin;', '\\x00ff'), ('', null);
insert into public.nothing default values;
insert into public.nothing default values;
insert into public.log select date '2020-06-01' + i, 'line ' || i from generate_series(0, 499) i;
select lo_from_bytea(4711, decode(repeat('ab', 5000), 'hex'));
comment on table public.booking is 'who sleeps where';
`;
