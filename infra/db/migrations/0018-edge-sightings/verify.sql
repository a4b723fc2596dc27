SELECT datacenter_id, subject, kind, at, event_id FROM edge_observation WHERE false;
SELECT 1 / (is_nullable = 'YES')::int FROM information_schema.columns WHERE table_name = 'task' AND column_name = 'saga_id';
