-- What the validation image measured on a server is not the inventory, which is the datacenter's own system.
ALTER TABLE asset RENAME COLUMN inventory TO measured;
ALTER TABLE asset RENAME COLUMN inventory_at TO measured_at;
