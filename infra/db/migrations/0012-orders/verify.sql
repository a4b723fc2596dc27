SELECT id, tenant_id, datacenter_id, state, version, requested_by, saga_id, ended_reason, created_at, updated_at FROM customer_order WHERE false;
SELECT id, order_id, position, quantity, config FROM order_line WHERE false;
SELECT id, order_id, vendor, vendor_ref, state, total_minor, currency, valid_until, lead_time_days, model, lines, requested_at, answered_at FROM quote WHERE false;
SELECT id, kind, subject, tenant_id, order_id, server_id, saga_id, state, amount_minor, currency, due_at, decided_by FROM approval WHERE false;
SELECT id, order_id, quote_id, po_number, vendor, state, total_minor, currency FROM purchase WHERE false;
SELECT id, purchase_id, order_id, datacenter_id, carrier, tracking_number, state FROM shipment WHERE false;
SELECT shipment_id, serial, server_id, manifest, state, scanned FROM shipment_item WHERE false;
