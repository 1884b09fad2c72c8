"""Background work as rows: schedules, jobs with lease and fence, a fair dispatcher, and the mail outbox."""
