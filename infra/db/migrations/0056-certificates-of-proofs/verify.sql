SELECT erase_proof_id FROM decommission WHERE false;
