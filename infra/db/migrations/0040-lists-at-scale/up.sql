-- A company of a hundred thousand servers: lists are read newest first from an index of what they are confined to, and
-- whatever refers to something is found from there.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE INDEX asset_search ON asset USING gin (serial gin_trgm_ops, model gin_trgm_ops, id gin_trgm_ops);
DROP INDEX asset_state, asset_tenant;
CREATE INDEX asset_state ON asset (state, datacenter_id, id);
CREATE INDEX asset_tenant ON asset (tenant_id, id) WHERE tenant_id IS NOT NULL;
CREATE INDEX asset_datacenter ON asset (datacenter_id, id);
-- Few are not as they should be, and those are looked for.
CREATE INDEX asset_condition ON asset (condition, id) WHERE condition <> 'working';
CREATE INDEX asset_bought_for ON asset (bought_for) WHERE bought_for IS NOT NULL;
CREATE INDEX asset_order_line ON asset (order_line_id) WHERE order_line_id IS NOT NULL;

CREATE INDEX customer_order_state ON customer_order (state, id);
CREATE INDEX approval_order ON approval (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX approval_tenant ON approval (tenant_id, id) WHERE tenant_id IS NOT NULL;
CREATE INDEX purchase_order ON purchase (order_id);
CREATE INDEX purchase_quote ON purchase (quote_id);
CREATE INDEX shipment_purchase ON shipment (purchase_id);
CREATE INDEX shipment_order ON shipment (order_id);
CREATE INDEX shipment_datacenter ON shipment (datacenter_id, id);
CREATE INDEX shipment_tracking ON shipment (tracking_number);
CREATE INDEX shipment_item_server ON shipment_item (server_id) WHERE server_id IS NOT NULL;

CREATE INDEX task_order ON task (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX task_server ON task (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX task_shipment ON task (shipment_id) WHERE shipment_id IS NOT NULL;
CREATE INDEX finding_task ON finding (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX maintenance_server ON maintenance (server_id);
CREATE INDEX decommission_server ON decommission (server_id);
CREATE INDEX decommission_tenant ON decommission (tenant_id, id) WHERE tenant_id IS NOT NULL;

CREATE INDEX saga_newest ON saga (started_at, id);
CREATE INDEX saga_name ON saga (name, started_at, id);
