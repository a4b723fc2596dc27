-- One word for one thing: why somebody did something, or why something is so, is its reason, in columns and documents
-- as in the API.
ALTER TABLE customer_order RENAME COLUMN ended_because TO ended_reason;
ALTER TABLE saga RENAME COLUMN ended_because TO ended_reason;
ALTER TABLE quote RENAME COLUMN declined_because TO declined_reason;
ALTER TABLE edge_agent RENAME COLUMN revoked_because TO revoked_reason;
ALTER TABLE finding RENAME COLUMN waived_because TO waived_reason;

UPDATE asset SET condition_detail = (condition_detail - 'because') || jsonb_build_object('reason', condition_detail -> 'because')
WHERE condition_detail ? 'because';
UPDATE saga SET held = (held - 'because') || jsonb_build_object('reason', held -> 'because') WHERE held ? 'because';
