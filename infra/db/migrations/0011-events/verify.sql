SELECT id, type, source, subject, time, partition_key, tenant_id, datacenter_id, data, seq, prev_hash, hash FROM event_log WHERE false;
SELECT position, event_id FROM outbox WHERE false;
SELECT consumer, event_id, consumed_at FROM consumed_event WHERE false;
SELECT id, consumer, topic, event_id, event, cause, attempts, state, created_at, updated_at FROM dead_letter WHERE false;
