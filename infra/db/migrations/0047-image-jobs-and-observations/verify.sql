SELECT job, requested_at, expires_at, withdrawn_at FROM image_job WHERE false;
SELECT datacenter_id, subject, kind, at, event_id FROM edge_observation WHERE false;
