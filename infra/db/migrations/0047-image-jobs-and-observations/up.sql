-- An order is what a customer places. What a validation image is asked to do is a job, on the edge, in the API and here.
ALTER TABLE image_work RENAME TO image_job;
ALTER TABLE image_job RENAME COLUMN work TO job;
ALTER TABLE image_job RENAME COLUMN ordered_at TO requested_at;
ALTER TABLE image_job RENAME CONSTRAINT image_work_pkey TO image_job_pkey;
ALTER TABLE image_job RENAME CONSTRAINT image_work_server_id_fkey TO image_job_server_id_fkey;
ALTER TABLE image_job RENAME CONSTRAINT image_work_datacenter_id_fkey TO image_job_datacenter_id_fkey;
ALTER TABLE image_job RENAME CONSTRAINT image_work_kind_check TO image_job_kind_check;
ALTER TABLE image_job RENAME CONSTRAINT image_work_percent_check TO image_job_percent_check;
ALTER TABLE image_job RENAME CONSTRAINT image_work_state_check TO image_job_state_check;
ALTER TABLE image_job RENAME CONSTRAINT image_work_order_whole TO image_job_request_whole;
ALTER INDEX image_work_server RENAME TO image_job_server;
ALTER INDEX image_work_wanted RENAME TO image_job_requested;
COMMENT ON COLUMN image_job.at IS 'Of the newest report, by the clock of the datacenter''s agent; null before the first.';

-- What an agent saw is an observation; what is wrong about it is an anomaly; a machine that no server is known by is an
-- unknown device.
ALTER TABLE edge_sighting RENAME TO edge_observation;
ALTER TABLE edge_observation RENAME CONSTRAINT edge_sighting_pkey TO edge_observation_pkey;
ALTER TABLE edge_observation RENAME CONSTRAINT edge_sighting_datacenter_id_fkey TO edge_observation_datacenter_id_fkey;
UPDATE edge_observation SET kind = 'anomaly' WHERE kind = 'odd-sighting';
UPDATE finding SET kind = 'anomaly' WHERE kind = 'sighting';
UPDATE task SET dedupe_key = regexp_replace(dedupe_key, '^unknown-machine/', 'unknown-device/')
WHERE dedupe_key LIKE 'unknown-machine/%';
UPDATE task SET dedupe_key = regexp_replace(dedupe_key, '^odd-sighting/', 'anomaly/')
WHERE dedupe_key LIKE 'odd-sighting/%';
