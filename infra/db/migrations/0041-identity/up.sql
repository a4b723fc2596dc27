-- Who somebody is: issuer and subject, which stay the same whatever else a token says. The columns beside these hold
-- the label that people read (an e-mail address, or the subject where a token names none).
ALTER TABLE customer_order ADD COLUMN requested_by_id text;
ALTER TABLE decommission ADD COLUMN requested_by_id text;
ALTER TABLE approval ADD COLUMN requested_by_id text;
ALTER TABLE approval ADD COLUMN decided_by_id text;
ALTER TABLE task ADD COLUMN claimed_by_id text;
ALTER TABLE audit_entry ADD COLUMN actor_id text;

UPDATE customer_order SET requested_by_id = requested_by;
UPDATE decommission SET requested_by_id = requested_by;
UPDATE approval SET requested_by_id = requested_by, decided_by_id = decided_by;
UPDATE task SET claimed_by_id = claimed_by;

ALTER TABLE customer_order ALTER COLUMN requested_by_id SET NOT NULL;
ALTER TABLE decommission ALTER COLUMN requested_by_id SET NOT NULL;
ALTER TABLE approval ALTER COLUMN requested_by_id SET NOT NULL;
