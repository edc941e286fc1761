-- Organisations that were entered twice become one: users move to the older entry.
update users set organization_id = (
  select min(twin.id)
  from organizations own join organizations twin on twin.name = own.name
  where own.id = users.organization_id and twin.city = own.city
);
delete from organizations where id not in (select organization_id from users where organization_id is not null);
