-- A decommission names its saga, as an order does: nobody has to spell the saga's id from its own.
ALTER TABLE decommission ADD COLUMN saga_id text;
UPDATE decommission SET saga_id = 'decommission-server-' || id;
ALTER TABLE decommission ALTER COLUMN saga_id SET NOT NULL;
