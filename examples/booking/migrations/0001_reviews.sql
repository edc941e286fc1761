-- Guests may review a stay.
create table reviews (
  id integer primary key,
  booking_id integer not null unique references bookings (id) on delete cascade,
  stars integer not null check (stars between 1 and 5),
  written_at text not null default current_timestamp
);

-- The first reviews come from the notes that reception kept.
insert into reviews (booking_id, stars)
select id, 5 from bookings where note = 'very happy';
