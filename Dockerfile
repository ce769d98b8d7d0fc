# syntax=docker/dockerfile:1
# Two images: "read" for the command line, and "desk" (the default) for the desk in a browser.
# Both run as a user without rights, and with a root file system that may only be read:
#   docker build --target read --tag anascope .
#   docker run --rm --read-only --tmpfs /tmp --volume ./slides:/slides:ro --volume ./out:/data \
#     --user "$(id -u):$(id -g)" anascope read /slides --pixel-size-um 0.161 --out reading

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# Nothing for training: no PyTorch.
ARG EXTRAS=pdf,codecs,parquet,dicom,fhir,desk
RUN python -m venv /opt/anascope
WORKDIR /source
COPY requirements ./requirements
# What every image needs comes first: it stays in the cache while the code changes.
RUN /opt/anascope/bin/pip install --requirement requirements/read.txt
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN /opt/anascope/bin/pip install --constraint requirements/lock.txt ".[${EXTRAS}]"

FROM python:3.12-slim-bookworm AS read
ENV PATH=/opt/anascope/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN groupadd --gid 10001 anascope \
    && useradd --uid 10001 --gid anascope --no-create-home --shell /usr/sbin/nologin anascope \
    && install --directory --owner=anascope --group=anascope /data
COPY --from=build /opt/anascope /opt/anascope
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["anascope"]
CMD ["--help"]

FROM read AS desk
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/static/icon.svg', timeout=4)"]
CMD ["desk", "serve", "/data/desk", "--host", "0.0.0.0", "--port", "8000"]
