SELECT requested_by_id FROM customer_order WHERE false;
SELECT requested_by_id FROM decommission WHERE false;
SELECT requested_by_id, decided_by_id FROM approval WHERE false;
SELECT claimed_by_id FROM task WHERE false;
SELECT actor_id FROM audit_entry WHERE false;
