SELECT id, name, created_at FROM tenant WHERE false;
SELECT id, name, region, created_at FROM datacenter WHERE false;
