update profiles set organization_id = null, roles = null, last_activity = null;
