-- Where a datacenter's BMCs have their addresses: its agent talks to no others.
ALTER TABLE datacenter ADD COLUMN management_prefixes cidr[] NOT NULL DEFAULT '{}';
