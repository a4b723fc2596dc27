SELECT id, kind, dedupe_key, datacenter_id, server_id, order_id, shipment_id, saga_id, title, instructions, state, claimed_by, result, completed_by, due_at FROM task WHERE false;
