"""What can be set, by `KATE_*` environment variables or by flags."""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

PREFIX = "KATE_"
# Where processes that answer together keep their metrics. It is read when
# prometheus_client is first imported, which this module does not.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEBIBYTE = 2**20

# Kubernetes describes every Service of a namespace in the variables of every pod.
FOREIGN_VARIABLES = (
    "If Kubernetes set it for a Service named 'kate…', put "
    "`enableServiceLinks: false` in the pod's specification."
)


class SettingsError(ValueError):
    """A setting is unknown, missing or out of its range: the message says which."""


class ModelSource(NamedTuple):
    """A model to serve.

    Attributes:
        path: Model folder, or TF Serving folder of versions.
        name: Name to serve it under; `None`, the manifest's.
    """

    path: Path
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.name}={self.path}" if self.name else str(self.path)


class IndexSource(NamedTuple):
    """An index of documents to serve.

    Attributes:
        path: Folder, or address in object storage.
        name: Name of its model; `None`, the first.
    """

    path: str
    name: str | None = None

    def __str__(self) -> str:
        return f"{self.name}={self.path}" if self.name else self.path


def _sources(value: Any) -> Any:
    """Reads models."""
    return tuple(
        item if isinstance(item, ModelSource) else ModelSource(Path(path), name)
        for item in _listed(value, ModelSource)
        for path, name in [_named(str(item))]
    )


def _indices(value: Any) -> Any:
    """Reads indices."""
    return tuple(
        item if isinstance(item, IndexSource) else IndexSource(*_named(str(item)))
        for item in _listed(value, IndexSource)
    )


def _listed(value: Any, kind: type) -> list[Any]:
    """Several of them may stand in a list or between commas."""
    if isinstance(value, str):
        return value.split(",")
    if not isinstance(value, (list, tuple)) or isinstance(value, kind):
        return [value]
    return list(value)


def _named(text: str) -> tuple[str, str | None]:
    """Reads `PATH` or `NAME=PATH`."""
    text = text.strip()
    name, equals, path = text.partition("=")
    named = bool(equals) and "/" not in name
    if not named:
        name, path = "", text
    if not path or (named and not name) or "," in path:
        raise ValueError(
            "must be PATH or NAME=PATH, and no path may hold a comma, which stands "
            "between several"
        )
    return path, name or None


class Settings(BaseModel):
    """The settings of one service. Frozen, and checked when made.

    Example:
        >>> from serving.settings import Settings
        >>> Settings.from_environment({"KATE_MODEL": "model"}, port="0").port
        0
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[tuple[ModelSource, ...], BeforeValidator(_sources)] = Field(
        min_length=1,
        description="Model folder, or TF Serving folder of versions; several as "
        "NAME=PATH, the first of which answers where none is named",
    )
    index: Annotated[tuple[IndexSource, ...], BeforeValidator(_indices)] = Field(
        (),
        description="Index of documents to find, folder or address; several as "
        "NAME=PATH, each with the name of its model",
    )
    name: str | None = Field(
        None, min_length=1, description="Name of the model (default: the manifest's)"
    )
    version: str | None = Field(
        None, pattern="^[0-9]+$", description="Version to serve (default: the highest)"
    )
    poll_seconds: float = Field(
        5.0,
        ge=0,
        allow_inf_nan=False,
        description="How often to look for a new version; 0, never",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="Port; 0 takes a free one")
    max_body_bytes: int = Field(
        32 * MEBIBYTE, ge=1, description="Largest request body, in bytes"
    )
    max_documents: int = Field(2048, ge=1, description="Most documents per request")
    max_document_bytes: int = Field(
        MEBIBYTE, ge=1, description="Longest document, in bytes of UTF-8"
    )
    batch_size: int = Field(256, ge=1, description="Documents per TensorFlow call")
    max_queue: int = Field(
        8192, ge=1, description="Most documents that wait; beyond it, status 429"
    )
    timeout: float = Field(
        60.0,
        gt=0,
        allow_inf_nan=False,
        description="Longest wait of a request, in seconds; then 504",
    )
    workers: int = Field(
        1, ge=1, description="Processes that answer, each with the model in memory"
    )
    engine: Literal["tensorflow", "light"] = Field(
        "tensorflow",
        description="What runs the model; light: NumPy, a tenth of the memory",
    )
    threads: int | None = Field(
        None, ge=1, description="Threads of TensorFlow (default: one per core)"
    )
    root_path: str = Field(
        "", description="Path under which a reverse proxy offers the service"
    )
    uds: Path | None = Field(
        None, description="Unix socket to listen on, instead of an address"
    )
    ssl_certfile: Path | None = Field(None, description="Certificate, for HTTPS")
    ssl_keyfile: Path | None = Field(None, description="Key of the certificate")
    api_keys: SecretStr | None = Field(
        None, description="Keys that open the service, separated by commas"
    )
    api_keys_file: Path | None = Field(
        None, description="File of such keys, one a line, read again when it changes"
    )
    allow_anonymous: bool = Field(
        False, description="Listen on a public address without any key"
    )
    cors_origins: str | None = Field(
        None, description="Origins whose pages may ask, separated by commas, or *"
    )
    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=3600,
        description="How long to go on answering, not ready, after SIGTERM",
    )
    traces_endpoint: str | None = Field(
        None,
        pattern="^https?://.",
        description="Collector of OpenTelemetry's traces, by OTLP over HTTP, such as "
        "http://127.0.0.1:4318/v1/traces (default: none are made)",
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Form of the log's lines"
    )
    log_level: Literal["critical", "error", "warning", "info", "debug"] = Field(
        "info", description="Least severe message that is logged"
    )

    @field_validator("name", "version")
    @classmethod
    def _is_of_one_model(cls, value: str | None, info: ValidationInfo) -> str | None:
        models = info.data.get("model", ())
        named = info.field_name == "name" and any(model.name for model in models)
        if value is not None and (len(models) > 1 or named):
            raise ValueError(
                "is for one model that has no name yet; where there are several, give "
                "NAME=PATH, and NAME=PATH/VERSION to keep one version"
            )
        return value

    @field_validator("root_path")
    @classmethod
    def _starts_at_the_root(cls, path: str) -> str:
        if path and (not path.startswith("/") or path.endswith("/")):
            raise ValueError("must be empty, or begin with '/' and not end with it")
        return path

    def check_exposure(self) -> None:
        """Refuses to be open to everyone unless that was asked for.

        Raises:
            SettingsError: If the address is public and nothing asks for a key.
        """
        keyed = self.api_keys is not None or self.api_keys_file is not None
        if not (self.uds or keyed or self.allow_anonymous or _is_loopback(self.host)):
            raise SettingsError(
                f"{self.host} can be reached from other machines, and no key is asked "
                "for. Set KATE_API_KEYS or KATE_API_KEYS_FILE, listen on 127.0.0.1, or "
                "say with KATE_ALLOW_ANONYMOUS=true that anyone may ask."
            )

    def check_certificate(self) -> None:
        """Refuses a certificate or a key that is not there, and a key alone.

        Raises:
            SettingsError: If so.
        """
        for name in ("ssl_certfile", "ssl_keyfile"):
            path = getattr(self, name)
            if path is not None and not path.is_file():
                raise SettingsError(
                    f"{variable_of(name)} must be a file that is there. "
                    f"Received: {str(path)!r}."
                )
        if self.ssl_keyfile is not None and self.ssl_certfile is None:
            raise SettingsError(
                f"{variable_of('ssl_keyfile')} is the key of no certificate. "
                f"Give {variable_of('ssl_certfile')} too, or neither."
            )

    def environment(self) -> dict[str, str]:
        """Returns the variables that make these settings in another process."""
        return {
            variable_of(name): value.get_secret_value()
            if isinstance(value, SecretStr)
            else ",".join(map(str, value))
            if isinstance(value, tuple)
            else str(value)
            for name, value in self
            if value not in (None, ())
        }

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], **flags: str | list[str] | None
    ) -> Self:
        """Makes settings from the environment; flags that are given override it.

        An empty variable counts as unset, as a compose file passes it.

        Args:
            environ: Environment variables, such as `os.environ`.
            **flags: Settings by name, as text, models as a list; `None` for a flag
                that was not given.

        Returns:
            The settings.

        Raises:
            SettingsError: If a `KATE_*` variable is unknown, a value is refused, or
                no model is named.
        """
        values: dict[str, Any] = {}
        origins: dict[str, str] = {}
        for variable in sorted(environ):
            if variable.startswith(PREFIX):
                name = _setting_of(variable, list(cls.model_fields))
                if environ[variable]:
                    values[name], origins[name] = environ[variable], variable
        for name, value in flags.items():
            if value not in (None, []):
                values[name], origins[name] = value, flag_of(name)
        if "model" not in values:
            raise SettingsError(
                "No model was named. Expected: the folder of a model. "
                "Give it as the first argument or set KATE_MODEL."
            )
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            raise SettingsError(
                refusal(origins[name], first["msg"], values[name])
            ) from None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def flag_of(name: str) -> str:
    """Returns the flag of a setting: `--max-body-bytes` of `max_body_bytes`."""
    return "--" + name.replace("_", "-")


def variable_of(name: str) -> str:
    """Returns the variable of a setting: `KATE_PORT` of `port`."""
    return PREFIX + name.upper()


def _setting_of(variable: str, names: list[str]) -> str:
    for name in names:
        if variable == variable_of(name):
            return name
    raise SettingsError(
        f"{variable} is not a setting. Expected one of: "
        f"{', '.join(map(variable_of, names))}. Unset it, or mend its name. "
        + FOREIGN_VARIABLES
    )


def refusal(origin: str, reason: str, value: str) -> str:
    """Returns the sentences on a value that was refused.

    Args:
        origin: Where it stood, such as `--port` or `KATE_PORT`.
        reason: Pydantic's words.
        value: The value.
    """
    reason = reason.removeprefix("Value error, ")
    reason = reason.replace("Input should", "must").replace("String should", "must")
    hint = f" {FOREIGN_VARIABLES}" if value.startswith("tcp://") else ""
    return f"{origin} {reason}. Received: {value!r}.{hint}"
