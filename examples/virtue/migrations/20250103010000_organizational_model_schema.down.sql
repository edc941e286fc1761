-- What people made of the new model since is kept beside, for those who will try again.
create table organizations_backup as select * from organizations;
create table practitioner_assignments_backup as select * from practitioner_assignments;

alter table profiles
  drop column organization_id,
  drop column roles,
  drop column is_active,
  drop column last_activity;
drop table practitioner_assignments;
drop table organizations;
