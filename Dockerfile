# The HTTP service. The model is no part of the image; it is mounted,
#
#   docker build -t kate .                            # with TensorFlow
#   docker build -t kate:light --build-arg ENGINE=light .   # a tenth of the size
#   docker build -t kate:index --build-arg EXTRAS=serving,index .   # with KATE_INDEX
#   docker run -p 127.0.0.1:8000:8000 -e KATE_ALLOW_ANONYMOUS=true \
#       -v "$PWD/model:/model:ro" kate
#
# or copied into an image of its own, as one more layer:
#
#   FROM kate
#   COPY model /model
#
# Every setting is a KATE_* variable; `docker run kate --help` lists them. Without keys
# (KATE_API_KEYS, KATE_API_KEYS_FILE) the service starts only where it is told that
# anyone may ask.

# tensorflow, or light: NumPy instead, for every model of one layer.
ARG ENGINE=tensorflow
# Of pyproject.toml: serving, and tracing and index if wanted.
ARG EXTRAS=serving


FROM python:3.12-slim AS builder

ARG ENGINE
ARG EXTRAS
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build

# The dependencies first and alone: this layer is made again only when they change.
COPY pyproject.toml ./
RUN python -c "import sys, tomllib; \
project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
light = ('lazy-loader', 'numpy'); \
needed = [d for d in project['dependencies'] \
          if sys.argv[1] != 'light' or d.startswith(light)]; \
extras = project['optional-dependencies']; \
print(*needed, *(d for e in sys.argv[2].split(',') for d in extras[e]), sep='\n')" \
        $ENGINE $EXTRAS \
        > requirements.txt \
    && pip install -r requirements.txt

COPY README.md LICENSE ./
COPY kate_keras kate_keras
COPY serving serving
RUN pip install --no-deps .


FROM python:3.12-slim

ARG ENGINE
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin kate
COPY --from=builder /opt/venv /opt/venv

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KATE_ENGINE=$ENGINE \
    KATE_MODEL=/model \
    KATE_HOST=0.0.0.0

USER 10001
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=15s --start-period=60s --retries=3 \
    CMD ["python", "-m", "serving.healthcheck"]

ENTRYPOINT ["python", "-m", "serving"]
