SELECT saga_id FROM decommission WHERE false;
