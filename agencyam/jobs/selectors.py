from agencyam.jobs.models import Job
from agencyam.tenancy.context import current_agency


def find_job(job_id: int) -> Job | None:
    """A job of the bound agency; another agency's is as good as none."""
    return Job.objects.filter(pk=job_id, agency_id=current_agency().pk).first()
