SELECT management_prefixes FROM datacenter WHERE false;
