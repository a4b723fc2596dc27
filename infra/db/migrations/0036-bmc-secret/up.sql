-- Which secret opens a server's management controller; null while it is still what its make leaves the factory with.
ALTER TABLE asset ADD COLUMN bmc_secret_ref text;
