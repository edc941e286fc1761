-- Everybody who is there already belongs to one organization, so that nobody notices anything.
insert into organizations (name, slug, primary_color, subscription_tier, max_users)
values ('Individual Users', 'individual-users', '#5F4339', 'legacy', 50000);

update profiles set
  organization_id = (select id from organizations where slug = 'individual-users'),
  roles = case when id in (select sponsor_id from sponsor_practitioner_relationships) then array['coach'] else array['practitioner'] end,
  last_activity = coalesce(last_sign_in_at, created_at)
where organization_id is null;

insert into practitioner_assignments (practitioner_id, supervisor_id, supervisor_role, organization_id, assigned_at)
select practitioner_id, sponsor_id, 'coach', (select id from organizations where slug = 'individual-users'), created_at
from sponsor_practitioner_relationships
where active;
