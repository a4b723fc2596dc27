SELECT id, name, parent_id, root_id, subject, order_id, server_id, tenant_id, input, state, waiting_for, waiting_until, wake, decision, cancel_requested, point_of_no_return, held, ended_reason, started_at, updated_at, ended_at FROM saga WHERE false;
SELECT saga_id, key, step, state, attempts, detail, started_at, updated_at, undone_at FROM saga_step WHERE false;
SELECT position, saga_id, root_id, at, kind, step, attempt, text FROM saga_timeline WHERE false;
