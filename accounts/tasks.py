from accounts.sessions import SessionStore
from agencyam.jobs.registry import job_kind


@job_kind("accounts.clear_sessions", queue="scheduled", time_limit=60)
def clear_sessions(**_future: object) -> None:
    """Delete the rows of sessions that have ended."""
    SessionStore.clear_expired()
