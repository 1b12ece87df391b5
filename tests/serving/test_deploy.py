"""The examples of serving/deploy name what there is."""

import json
import re
from pathlib import Path

import pytest
import yaml

from serving.settings import Settings, variable_of

FOLDER = Path(__file__).parents[2] / "serving" / "deploy"
VARIABLES = {variable_of(name) for name in Settings.model_fields}


@pytest.mark.parametrize("name", ["compose.yaml", "kubernetes.yaml"])
def test_settings_are_those_of_the_service(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    values = "\n".join(line.partition("#")[0] for line in text.splitlines())
    named = set(re.findall(r"\bKATE_\w+", values))
    assert named
    assert named <= VARIABLES


def test_kubernetes_waits_for_as_long_as_the_service_drains():
    text = (FOLDER / "kubernetes.yaml").read_text(encoding="utf-8")
    deployment, service = yaml.safe_load_all(text)
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    variables = {v["name"]: v["value"] for v in container["env"]}
    drain = float(variables["KATE_DRAIN_SECONDS"])
    timeout = Settings.model_fields["timeout"].default
    assert pod["terminationGracePeriodSeconds"] > drain + timeout + 5
    assert service["spec"]["selector"] == deployment["spec"]["selector"]["matchLabels"]
    probes = [container[f"{k}Probe"]["httpGet"] for k in ("startup", "liveness")]
    assert [probe["path"] for probe in probes] == ["/readyz", "/livez"]


def test_compose_reads_one_folder_with_both_servers():
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    kate, other = compose["services"].values()
    name = other["environment"]["MODEL_NAME"]
    assert kate["environment"]["KATE_MODEL"] == f"/models/{name}"
    assert all(
        port.startswith("127.0.0.1:") for s in (kate, other) for port in s["ports"]
    )


def expressions():
    dashboard = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    rules = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield rule["expr"]


def test_dashboard_and_alerts_ask_for_metrics_that_there_are(client):
    client.post("/encode", json={"documents": ["a", ""]})
    client.app.state.metrics.loaded("fake", "refused")
    text = client.get("/metrics").text
    # One that no request of an application brings about.
    assert "kate_log_lines_lost_total 0.0" in text
    there = {re.match(r"\w+", line)[0] for line in text.splitlines() if line[0] != "#"}
    asked = {name for e in expressions() for name in re.findall(r"\bkate_\w+", e)}
    assert len(asked) > 8
    assert asked <= there
    assert 'route="/encode"' in text
    assert 'result="refused"' in text


def test_ray_serve_gets_the_front_the_limits_and_settings_that_there_are():
    schema = pytest.importorskip("ray.serve.schema", reason="needs kate_keras[scale]")
    from serving.ray_serve import application
    from serving.ray_serve.front import CALLBACK
    from serving.server import GRACE_SECONDS

    text = (FOLDER / "ray-serve.yaml").read_text(encoding="utf-8")
    config = schema.ServeDeploySchema.model_validate(yaml.safe_load(text))
    variables = config.controller_options.runtime_env["env_vars"]
    limit = variables.pop("KATE_MAX_BODY_BYTES")
    assert variables == CALLBACK
    settings = Settings(model="m")
    assert int(limit) == settings.max_body_bytes
    assert config.http_options.host == settings.host
    assert config.http_options.request_timeout_s == settings.timeout + GRACE_SECONDS
    (own,) = config.applications
    assert own.import_path == "serving.ray_serve:application"
    deployment = application(own.args)._bound_deployment
    assert deployment.init_args[0]["KATE_LOG_FORMAT"] == "json"
