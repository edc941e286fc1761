-- Every report computes the length of a stay: keep it.
alter table bookings add column nights integer;
update bookings set nights = cast(julianday(ends_at) - julianday(starts_at) as integer);
create index bookings_by_start on bookings (starts_at);
