create table organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  slug text not null unique,
  primary_color text not null,
  subscription_tier text not null,
  max_users integer not null,
  created_at timestamptz not null default now()
);

create table practitioner_assignments (
  id bigint generated always as identity primary key,
  practitioner_id bigint not null references profiles (id),
  supervisor_id bigint not null references profiles (id),
  supervisor_role text not null check (supervisor_role in ('coach', 'supervisor')),
  organization_id uuid not null references organizations (id),
  assigned_at timestamptz not null,
  active boolean not null default true
);

alter table profiles
  add column organization_id uuid references organizations (id),
  add column roles text[],
  add column is_active boolean not null default true,
  add column last_activity timestamptz;
