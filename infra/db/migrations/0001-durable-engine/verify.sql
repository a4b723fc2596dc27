SELECT id, name, started_at, heartbeat_at FROM durable.worker WHERE false;
SELECT id, execution_id, name, version, status, input, output, custom_status, parent, created_at, updated_at, owner, turn, state, lock FROM durable.instance WHERE false;
SELECT instance_id, turn, events FROM durable.history WHERE false;
SELECT id, instance_id, execution_id, visible_at, deferred, body FROM durable.message WHERE false;
SELECT id, instance_id, execution_id, task_id, name, input, owner FROM durable.task WHERE false;
