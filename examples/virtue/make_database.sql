-- The platform before the organizational model, the same rows every time: psql "$DATABASE_URL" -f make_database.sql
create table profiles (
  id bigint primary key,
  email text not null unique,
  display_name text not null,
  created_at timestamptz not null,
  last_sign_in_at timestamptz
);
create table sponsor_practitioner_relationships (
  id bigint primary key,
  sponsor_id bigint not null references profiles (id),
  practitioner_id bigint not null references profiles (id),
  active boolean not null,
  created_at timestamptz not null,
  unique (sponsor_id, practitioner_id)
);
create table user_virtue_progress (
  id bigint primary key,
  profile_id bigint not null references profiles (id),
  virtue text not null,
  stage integer not null,
  noted_at timestamptz not null
);
create table feature_flags (flag_name text primary key, enabled boolean not null);
create table login_attempts (id bigint generated always as identity primary key, at timestamptz not null default now(), ok boolean not null);

insert into profiles
select n, 'person' || n || '@example.org', 'Person ' || n, timestamptz '2023-01-01 00:00+00' + n * interval '7 minutes',
  case when n % 9 = 0 then null else timestamptz '2025-01-01 00:00+00' - n * interval '3 minutes' end
from generate_series(1, 12000) n;
-- each tenth person is the sponsor of the eight that follow
insert into sponsor_practitioner_relationships
select n, n / 10 * 10, n, n % 7 <> 0, timestamptz '2024-01-01 00:00+00' + n * interval '11 minutes'
from generate_series(10, 12000) n
where n % 10 between 1 and 8;
insert into user_virtue_progress
select n, 1 + n * 7919 % 12000, (array['courage', 'patience', 'honesty', 'humility'])[1 + n % 4], 1 + n % 3,
  timestamptz '2024-02-01 00:00+00' + n * interval '5 minutes'
from generate_series(1, 40000) n;
insert into feature_flags values ('organizational_model', true), ('multi_role_support', true), ('dark_mode', true);
insert into login_attempts (at, ok) select now() - n * interval '1 minute', n % 50 <> 0 from generate_series(1, 100) n;
