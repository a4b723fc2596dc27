SELECT ended_reason FROM customer_order WHERE false;
SELECT ended_reason FROM saga WHERE false;
SELECT declined_reason FROM quote WHERE false;
SELECT revoked_reason FROM edge_agent WHERE false;
SELECT waived_reason FROM finding WHERE false;
