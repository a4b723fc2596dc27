SELECT id, state, state_since, version, condition, condition_detail, condition_since, last_cause, last_step, origin, datacenter_id, order_id, order_line_id, tenant_id, config, serial, bmc_mac, macs, manifest, bmc_address, facts, measured, disposition FROM asset WHERE false;
SELECT rack_id, unit, rack_name, datacenter_id, server_id FROM rack_unit WHERE false;
SELECT id, server_id, kind, severity, place, expected, found, found_at, resolved_at FROM finding WHERE false;
SELECT id, server_id, reason, state, ends_at FROM maintenance WHERE false;
SELECT id, server_id, tenant_id, reason, disposition, state FROM decommission WHERE false;
