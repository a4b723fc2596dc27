SELECT lines FROM task WHERE false;
