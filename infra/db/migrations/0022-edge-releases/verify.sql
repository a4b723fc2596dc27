SELECT datacenter_id, version, url, sha256, signature, set_by, set_at FROM edge_release WHERE false;
