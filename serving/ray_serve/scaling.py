"""How many replicas there are, and what each takes."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from serving.settings import SettingsError, flag_of, refusal


class Scaling(BaseModel):
    """How the service grows and shrinks. Frozen, and checked when made.

    Example:
        >>> from serving.ray_serve.scaling import Scaling
        >>> Scaling.of(max_replicas="8").max_replicas
        8
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_replicas: int = Field(1, ge=1, description="Fewest replicas")
    max_replicas: int = Field(4, ge=1, description="Most replicas")
    target_requests: float = Field(
        16.0,
        gt=0,
        allow_inf_nan=False,
        description="Requests in progress per replica; above it another is started",
    )
    upscale_seconds: float = Field(
        10.0,
        gt=0,
        allow_inf_nan=False,
        description="How long there are more requests than that before it is started",
    )
    downscale_seconds: float = Field(
        300.0,
        gt=0,
        allow_inf_nan=False,
        description="How long there are fewer before one is stopped",
    )
    replica_cpus: float = Field(
        1.0,
        gt=0,
        allow_inf_nan=False,
        description="Processors that Ray keeps for a replica, and threads of "
        "TensorFlow where --threads says no other number",
    )

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.min_replicas > self.max_replicas:
            raise ValueError(
                f"--min-replicas {self.min_replicas} is more than --max-replicas "
                f"{self.max_replicas}. Lower the one or raise the other."
            )
        return self

    @classmethod
    def of(cls, **options: Any) -> Self:
        """Checks options by name; `None` for one that was not given.

        Raises:
            SettingsError: If a value is refused.
        """
        given = {name: value for name, value in options.items() if value is not None}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            if not first["loc"]:
                reason = first["msg"].removeprefix("Value error, ")
                raise SettingsError(reason) from None
            name = str(first["loc"][0])
            value = str(given[name])
            raise SettingsError(refusal(flag_of(name), first["msg"], value)) from None
