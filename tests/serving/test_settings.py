"""Settings from the environment and from flags."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from serving.command_line import settings_parser
from serving.settings import (
    IndexSource,
    ModelSource,
    Settings,
    SettingsError,
    flag_of,
    variable_of,
)

ACCEPTED = {
    "model": (
        "a/model,mail=b",
        (ModelSource(Path("a/model")), ModelSource(Path("b"), "mail")),
    ),
    "index": (
        "s3://a/index,mail=b",
        (IndexSource("s3://a/index"), IndexSource("b", "mail")),
    ),
    "name": ("news", "news"),
    "version": ("7", "7"),
    "poll_seconds": ("0.5", 0.5),
    "host": ("0.0.0.0", "0.0.0.0"),
    "port": ("65535", 65535),
    "max_body_bytes": ("1", 1),
    "max_documents": ("1", 1),
    "max_document_bytes": ("1", 1),
    "batch_size": ("1", 1),
    "max_queue": ("1", 1),
    "timeout": ("0.5", 0.5),
    "workers": ("2", 2),
    "threads": ("1", 1),
    "engine": ("light", "light"),
    "root_path": ("/kate", "/kate"),
    "uds": ("kate.sock", Path("kate.sock")),
    "ssl_certfile": ("cert.pem", Path("cert.pem")),
    "ssl_keyfile": ("key.pem", Path("key.pem")),
    "api_keys": ("one,two", SecretStr("one,two")),
    "api_keys_file": ("keys", Path("keys")),
    "allow_anonymous": ("true", True),
    "cors_origins": ("*", "*"),
    "drain_seconds": ("2.5", 2.5),
    "traces_endpoint": ("http://c:4318/v1/traces", "http://c:4318/v1/traces"),
    "log_format": ("json", "json"),
    "log_level": ("debug", "debug"),
}
REFUSED = [
    ("port", "eighty", "must be a valid integer"),
    ("port", "-1", "must be greater than or equal to 0"),
    ("port", "65536", "must be less than or equal to 65535"),
    ("port", "tcp://10.0.0.1:80", "enableServiceLinks: false"),
    ("max_body_bytes", "0", "must be greater than or equal to 1"),
    ("max_body_bytes", "32MB", "must be a valid integer"),
    ("max_documents", "0", "must be greater than or equal to 1"),
    ("max_document_bytes", "0", "must be greater than or equal to 1"),
    ("batch_size", "0", "must be greater than or equal to 1"),
    ("version", "latest", "must match pattern"),
    ("poll_seconds", "-1", "must be greater than or equal to 0"),
    ("max_queue", "0", "must be greater than or equal to 1"),
    ("timeout", "0", "must be greater than 0"),
    ("timeout", "inf", "must be a finite number"),
    ("drain_seconds", "-1", "must be greater than or equal to 0"),
    ("drain_seconds", "3601", "must be less than or equal to 3600"),
    ("allow_anonymous", "perhaps", "must be a valid boolean"),
    ("traces_endpoint", "localhost:4318", "must match pattern"),
    ("log_format", "xml", "must be 'text' or 'json'"),
    ("workers", "0", "must be greater than or equal to 1"),
    ("threads", "0", "must be greater than or equal to 1"),
    ("engine", "heavy", "must be 'tensorflow' or 'light'"),
    ("root_path", "kate", "must be empty, or begin with '/'"),
    ("root_path", "/kate/", "not end with it"),
    ("log_level", "loud", "must be 'critical', 'error', 'warning', 'info' or 'debug'"),
]


def test_only_the_model_has_no_default():
    settings = Settings.from_environment({"KATE_MODEL": "model", "HOME": "x"})
    assert settings == Settings(model=Path("model"))
    assert settings.model_dump(exclude={"model"}) == {
        "index": (),
        "name": None,
        "version": None,
        "poll_seconds": 5.0,
        "host": "127.0.0.1",
        "port": 8000,
        "max_body_bytes": 33554432,
        "max_documents": 2048,
        "max_document_bytes": 1048576,
        "batch_size": 256,
        "max_queue": 8192,
        "timeout": 60.0,
        "workers": 1,
        "engine": "tensorflow",
        "threads": None,
        "root_path": "",
        "uds": None,
        "ssl_certfile": None,
        "ssl_keyfile": None,
        "api_keys": None,
        "api_keys_file": None,
        "allow_anonymous": False,
        "cors_origins": None,
        "drain_seconds": 0.0,
        "traces_endpoint": None,
        "log_format": "text",
        "log_level": "info",
    }


def test_every_setting_is_tried_here():
    assert set(ACCEPTED) == set(Settings.model_fields)


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_setting_is_read_from_its_variable(name):
    text, value = ACCEPTED[name]
    settings = Settings.from_environment({"KATE_MODEL": "m", variable_of(name): text})
    assert getattr(settings, name) == value


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_flag_overrides_its_variable(name):
    text, value = ACCEPTED[name]
    environ = {"KATE_MODEL": "m", variable_of(name): "not this"}
    settings = Settings.from_environment(environ, **{name: text})
    assert getattr(settings, name) == value


@pytest.mark.parametrize(("name", "text", "words"), REFUSED)
def test_a_bad_value_names_its_variable_and_what_was_received(name, text, words):
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"KATE_MODEL": "m", variable_of(name): text})
    message = str(caught.value)
    assert message.startswith(f"{variable_of(name)} must")
    assert words in message
    assert f"Received: {text!r}." in message


@pytest.mark.parametrize(("name", "text", "words"), REFUSED)
def test_a_bad_value_names_its_flag(name, text, words):
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"KATE_MODEL": "m"}, **{name: text})
    assert str(caught.value).startswith(f"{flag_of(name)} must")
    assert words in str(caught.value)


@pytest.mark.parametrize("variable", ["KATE_PROT", "KATE_", "KATE_port", "KATE_Port"])
def test_an_unknown_variable_is_refused_and_the_known_are_listed(variable):
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"KATE_MODEL": "m", variable: "1"})
    message = str(caught.value)
    assert message.startswith(f"{variable} is not a setting")
    assert all(variable_of(name) in message for name in Settings.model_fields)


def test_an_empty_variable_counts_as_unset():
    settings = Settings.from_environment({"KATE_MODEL": "m", "KATE_PORT": ""})
    assert settings.port == 8000


@pytest.mark.parametrize("environ", [{}, {"KATE_MODEL": ""}])
def test_a_missing_model_is_told_with_both_remedies(environ):
    with pytest.raises(SettingsError, match="first argument or set KATE_MODEL"):
        Settings.from_environment(environ)


def test_keys_are_not_shown():
    settings = Settings(model=Path("m"), api_keys="secret")
    assert "secret" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_another_process_gets_the_same_settings():
    chosen = {name: value for name, (_, value) in ACCEPTED.items()}
    # A name and a version are of one model.
    several = {k: v for k, v in chosen.items() if k not in ("name", "version")}
    one = chosen | {"model": Path("a/model")}
    for given in (several, one, {"model": Path("m")}):
        settings = Settings(**given)
        assert Settings.from_environment(settings.environment()) == settings


@pytest.mark.parametrize(
    ("given", "sources"),
    [
        ("a/b", [("a/b", None)]),
        ("news=/models/a=b", [("/models/a=b", "news")]),
        ("/models/a=b", [("/models/a=b", None)]),
        (" a , mail=b", [("a", None), ("b", "mail")]),
        (["a", "mail=b"], [("a", None), ("b", "mail")]),
        (Path("a"), [("a", None)]),
    ],
)
def test_models_are_read_with_their_names(given, sources):
    expected = tuple(ModelSource(Path(path), name) for path, name in sources)
    assert Settings(model=given).model == expected


@pytest.mark.parametrize("given", ["a,", "=a", "news=", ["a,b"], Path("a,b")])
def test_models_that_cannot_be_read_are_refused(given):
    with pytest.raises(ValidationError, match="must be PATH or NAME=PATH"):
        Settings(model=given)


@pytest.mark.parametrize(
    ("models", "other"),
    [
        ("a,b", {"name": "news"}),
        ("a,b", {"version": "7"}),
        ("mail=a", {"name": "news"}),
    ],
)
def test_a_name_or_a_version_is_of_one_model(models, other):
    with pytest.raises(ValidationError, match="NAME=PATH/VERSION"):
        Settings(model=models, **other)


def test_settings_are_frozen():
    settings = Settings(model=Path("m"))
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1


def test_a_certificate_and_its_key_have_to_be_there(tmp_path):
    file = tmp_path / "cert.pem"
    file.touch()
    Settings(model="m").check_certificate()
    Settings(model="m", ssl_certfile=file).check_certificate()
    Settings(model="m", ssl_certfile=file, ssl_keyfile=file).check_certificate()
    for given, words in (
        ({"ssl_certfile": tmp_path / "none"}, "KATE_SSL_CERTFILE must be a file"),
        ({"ssl_certfile": file, "ssl_keyfile": tmp_path}, "KATE_SSL_KEYFILE must be"),
        ({"ssl_keyfile": file}, "KATE_SSL_KEYFILE is the key of no certificate"),
    ):
        with pytest.raises(SettingsError, match=words):
            Settings(model="m", **given).check_certificate()


@pytest.mark.parametrize(
    ("argv", "anonymous"),
    [([], True), (["--allow-anonymous"], True), (["--no-allow-anonymous"], False)],
)
def test_a_yes_or_no_takes_no_value_and_overrides_its_variable(argv, anonymous):
    flags = vars(settings_parser("kate", "Serves.").parse_args([*argv, "model"]))
    environ = {"KATE_ALLOW_ANONYMOUS": "true"}
    settings = Settings.from_environment(environ, **flags)
    assert settings.allow_anonymous is anonymous
    assert settings.model == Settings(model="model").model
