"""gunicorn in production: sync workers only, behind a proxy that buffers slow visitors (nginx.conf)."""

import os

bind = "0.0.0.0:8000"
worker_class = "sync"
# Threads and async workers would let two agencies meet in one process; processes do not.
workers = int(os.environ.get("WEB_CONCURRENCY", 4))
threads = 1
timeout = 60
graceful_timeout = 30
max_requests = 2000
max_requests_jitter = 200
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm"  # noqa: S108 memory of the container itself
forwarded_allow_ips = "*"
accesslog = "-"
