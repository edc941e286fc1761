"""Brings an empty database to where production stands: revision 002, with shipments of three years. python3 make_database.py [SHIPMENTS]"""

import os
import subprocess
import sys

import psycopg2

shipments = int(sys.argv[1]) if len(sys.argv) > 1 else 12_000

subprocess.run(["alembic", "upgrade", "002"], cwd="backend", check=True)

ROWS = """
insert into users (email, name, role)
  select 'user' || n || '@example.org', 'User ' || n, case when n %% 20 = 0 then 'admin' else 'member' end from generate_series(1, %(users)s) n;
insert into parties (name, country)
  select 'Party ' || n, (array['NG', 'DE', 'NL', 'GH'])[1 + n %% 4] from generate_series(1, %(users)s) n;
insert into shipments (reference, created_by, buyer_id, status, created_at)
  select 'VIBO-' || to_char(n, 'FM000000'), 1 + n %% %(users)s, 1 + n %% %(users)s,
    (array['draft', 'in_transit', 'arrived', 'delivered'])[1 + n %% 4], timestamptz '2023-01-01' + n * interval '2 hours'
  from generate_series(1, %(shipments)s) n;
insert into products (shipment_id, hs_code, quantity) select id, '0506.90', 10 + id %% 90 from shipments;
insert into containers (shipment_id, number) select id, 'MSCU' || to_char(id, 'FM0000000') from shipments;
insert into documents (shipment_id, kind, status, file_name)
  select s.id, kind, case when s.status = 'draft' then 'missing' else 'valid' end, kind || '-' || s.id || '.pdf'
  from shipments s, unnest(array['bill_of_lading', 'invoice', 'certificate_of_origin']) kind;
insert into container_events (container_id, what, place)
  select id, what, 'Lagos' from containers, unnest(array['gate_in', 'loaded', 'departed']) what;
insert into notifications (user_id, message, read_at)
  select created_by, 'Shipment ' || reference || ' is ' || status, case when id %% 3 = 0 then null else created_at end from shipments;
"""

with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
    cursor.execute(ROWS, {"shipments": shipments, "users": max(20, shipments // 60)})
