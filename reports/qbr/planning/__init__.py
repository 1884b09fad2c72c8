"""When each client's next review comes, with what it begins, and drafts for many at once."""
