create index profiles_by_organization on profiles (organization_id);
create index profiles_by_role on profiles using gin (roles);
create index practitioner_assignments_by_practitioner on practitioner_assignments (practitioner_id) where active;
create index practitioner_assignments_by_supervisor on practitioner_assignments (supervisor_id) where active;
