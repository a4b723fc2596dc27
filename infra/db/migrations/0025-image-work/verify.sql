SELECT id, server_id, datacenter_id, kind, state, percent, results, at, ended_at FROM image_job WHERE false;
