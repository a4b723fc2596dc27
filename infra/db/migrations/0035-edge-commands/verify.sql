SELECT id, fence, datacenter_id, server_id, key, operation, is_write, target, input, state, created_at, start_by, run_seconds, taken_by, taken_ask, over_by, answer, ended_at FROM edge_command WHERE false;
SELECT datacenter_id, agent_id, epoch, until FROM edge_lease WHERE false;
