"""DEP-01, 03, 06, 14, 15, 16: who may call what, at which address."""

from __future__ import annotations

from infra.aws.manifest import AUTHORIZER_TTL
from infra.aws.package import ROOT
from infra.aws.rules import routes, watching

TENANTS = "/tenants/{slug}"


def operation(deployed, path=TENANTS, method="get"):
    return deployed.definition["paths"][path][method]


def test_dep_01_and_aut_17_a_route_without_the_authorizer_is_refused_unless_it_is_listed(deployed):
    assert list(routes.dep_01_only_listed_routes_are_public(deployed)) == []

    del operation(deployed)["security"]

    (found,) = routes.dep_01_only_listed_routes_are_public(deployed)
    assert found.startswith(f"GET {TENANTS} has no authorizer")


def test_dep_01_a_scheme_that_is_no_authorizer_guards_nothing(deployed):
    operation(deployed)["security"] = [{"api_key": []}]

    assert len(list(routes.dep_01_only_listed_routes_are_public(deployed))) == 1


def test_dep_01_a_listed_route_that_is_public_no_more_leaves_the_list(deployed):
    operation(deployed, "/health")["security"] = [{"token_authorizer": []}]

    (found,) = routes.dep_01_only_listed_routes_are_public(deployed)
    assert found.startswith("GET /health is on the list")


def test_dep_03_a_revocation_is_felt_within_the_documented_minute(deployed):
    assert list(routes.dep_03_a_revocation_is_felt_in_time(deployed)) == []
    assert f"{AUTHORIZER_TTL} s" in (ROOT / "docs" / "operate.md").read_text()

    (scheme,) = deployed.definition["securityDefinitions"].values()
    scheme[routes.AUTHORIZER]["authorizerResultTtlInSeconds"] = 61
    assert len(list(routes.dep_03_a_revocation_is_felt_in_time(deployed))) == 1

    del scheme[routes.AUTHORIZER]["authorizerResultTtlInSeconds"]  # API Gateway's own is 300
    assert len(list(routes.dep_03_a_revocation_is_felt_in_time(deployed))) == 1


def permission(deployed, name):
    return deployed.resources[f"{name}Permission"]["Properties"]


def test_dep_06_the_gateway_may_call_a_function_for_its_own_method_and_path_only(deployed):
    rule = routes.dep_06_the_gateway_may_call_each_function_for_its_own_routes_only
    assert list(rule(deployed)) == []

    permission(deployed, "GetPartners")["SourceArn"] = {"Fn::Sub": "arn:x:execute-api:r:a:${RestAPI}/*"}

    found = list(rule(deployed))
    assert any("GetPartnersPermission is not for one method and path" in each for each in found)


def test_dep_06_a_route_that_the_gateway_may_not_call_is_found(deployed):
    rule = routes.dep_06_the_gateway_may_call_each_function_for_its_own_routes_only
    del deployed.resources["GetPartnersPermission"]

    assert list(rule(deployed)) == ["GET /partners: the gateway may not call GetPartners"]


def test_dep_06_nobody_else_may_call_a_function(deployed):
    rule = routes.dep_06_the_gateway_may_call_each_function_for_its_own_routes_only
    permission(deployed, "GetPartners")["Principal"] = "*"
    del permission(deployed, "GetUsers")["SourceArn"]

    found = list(rule(deployed))
    assert {"GetPartnersPermission lets anyone call GetPartners"} < set(found)
    assert "GetUsersPermission lets anyone call GetUsers" in found


def test_dep_14_a_stage_that_lets_http_in_is_refused(deployed):
    deployed.template["Parameters"]["Stage"]["AllowedPattern"] = "dev|prod|local"

    assert len(list(routes.dep_14_nothing_of_development_is_deployed(deployed))) == 1


def test_dep_14_a_route_of_development_is_refused(deployed):
    assert list(routes.dep_14_nothing_of_development_is_deployed(deployed)) == []

    deployed.definition["paths"]["/_faults"] = {"post": operation(deployed)}

    assert len(list(routes.dep_14_nothing_of_development_is_deployed(deployed))) == 1


def test_dep_14_a_runtime_past_its_end_and_a_debug_mode_are_refused(deployed):
    assert list(watching.dep_14_runtimes_are_kept_up(deployed)) == []

    deployed.functions["GetMe"]["Runtime"] = "python3.9"
    deployed.functions["GetUsers"]["Environment"]["Variables"]["DEBUG"] = "1"

    found = list(watching.dep_14_runtimes_are_kept_up(deployed))
    assert found == ["GetMe runs on python3.9", "GetUsers is deployed with DEBUG"]


def test_dep_15_a_host_with_old_tls_or_a_second_way_in_is_refused(deployed):
    rule = watching.dep_15_hosts_speak_tls_1_2_and_are_the_only_way_in
    assert list(rule(deployed)) == []
    assert len(deployed.of("ApiGateway::DomainName")) == 3

    deployed.resources["ApiHost"]["Properties"]["SecurityPolicy"] = "TLS_1_0"
    del deployed.definition["x-amazon-apigateway-endpoint-configuration"]

    assert list(rule(deployed)) == ["ApiHost speaks old TLS", "RestAPI answers at its default address too"]


def test_dep_16_no_route_and_no_refusal_answers_other_origins(deployed):
    rule = routes.dep_16_no_foreign_page_may_call_with_credentials
    assert list(rule(deployed)) == []

    deployed.definition["paths"]["/me"]["options"] = operation(deployed, "/me")
    refusals = deployed.definition["x-amazon-apigateway-gateway-responses"]
    refusals["DEFAULT_4XX"]["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] = (
        "'*'"
    )

    assert len(list(rule(deployed))) == 2
