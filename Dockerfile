# The production image: locked packages, Pango, static files, a user without rights.
FROM python:3.13-slim AS packages
RUN pip install --no-cache-dir "uv>=0.8,<1"
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-default-groups --no-cache --python /usr/local/bin/python

FROM python:3.13-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      libfontconfig1 libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 --shell /usr/sbin/nologin agencyam
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=agencyam.settings \
    STATIC_ROOT=/srv/static
WORKDIR /app
COPY --from=packages /app/.venv /app/.venv
COPY . .
# The key below lives for this one command; the container refuses to start without a real one.
RUN SECRET_KEY=for-collectstatic-alone-0123456789-0123456789-0123456789 \
    python manage.py collectstatic --no-input --verbosity 0
USER agencyam
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "agencyam.wsgi"]
