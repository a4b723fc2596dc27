SELECT power, cpu_percent, sensors, sensors_at, log_since, critical_at FROM bmc_health WHERE false;
SELECT sequence, server_id, read_at, at, severity, message, code, action, gap, digest FROM bmc_log_entry WHERE false;
