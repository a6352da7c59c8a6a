"""The manifest and the application fit, or the build says what to add."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.config import SECRETS, VARIABLES
from infra.aws import manifest
from infra.aws.package import ROOT, templated
from infra.aws.template.assign import assigned
from infra.aws.template.model import BadManifest, Functions, Needs

NOTHING = Needs()
PARTNERS = Functions(set="partners", serves=("GET /partners",), needs=NOTHING)
SWEEP = Functions(set="schedule", serves=("plan_sweep",), needs=NOTHING)


def names(routes, triggers, *entries):
    return [each.id for each in assigned(routes, triggers, entries)]


def test_each_route_is_a_function_named_after_it():
    entry = replace(PARTNERS, serves=("* /partners", "* /partners/*"))

    made = names(["GET /partners", "PATCH /partners/{slug}"], {}, entry)

    assert made == ["GetPartners", "PatchPartnersSlug"]


def test_an_entry_with_a_name_is_one_function_for_all_its_routes():
    entry = replace(PARTNERS, name="Partners", serves=("* /partners*",))

    (made,) = assigned(["GET /partners", "GET /partners/{slug}"], {}, [entry])

    assert (made.id, made.serves) == ("Partners", ("GET /partners", "GET /partners/{slug}"))


def test_a_trigger_is_the_function_that_app_py_names():
    (made,) = assigned([], {"plan_sweep": "PlanSweep"}, [SWEEP])

    assert (made.id, made.handler) == ("PlanSweep", "app.plan_sweep")


@pytest.mark.parametrize(("routes", "triggers"), [(["GET /new"], {}), ([], {"nightly": "Nightly"})])
def test_a_route_or_trigger_without_an_entry_is_refused_and_told_what_to_do(routes, triggers):
    with pytest.raises(BadManifest, match=r"has no entry in infra/aws/manifest\.py"):
        names(["GET /partners", *routes], triggers, PARTNERS)


@pytest.mark.parametrize("glob", ["GET /gone", "nightly"])
def test_an_entry_that_matches_nothing_is_refused(glob):
    with pytest.raises(BadManifest, match="does not exist"):
        names(["GET /partners"], {}, PARTNERS, replace(PARTNERS, serves=(glob,)))


def test_an_entry_that_an_earlier_one_leaves_nothing_is_refused():
    with pytest.raises(BadManifest, match="an earlier entry takes"):
        names(["GET /partners"], {}, PARTNERS, replace(PARTNERS))


def test_two_routes_that_would_have_one_name_are_refused():
    entry = replace(PARTNERS, serves=("GET /*",))

    with pytest.raises(BadManifest, match="give their entry a name"):
        names(["GET /partners/all", "GET /partners/{all}"], {}, entry)


def test_a_worker_without_a_bound_is_refused(tmp_path, monkeypatch):
    unbound = tuple(replace(each, concurrency=None) for each in manifest.FUNCTIONS)
    monkeypatch.setattr(manifest, "FUNCTIONS", unbound)

    with pytest.raises(BadManifest, match="say its concurrency"):
        templated(ROOT, tmp_path, manifest.PRODUCTION)


def test_the_manifest_names_only_what_the_application_reads():
    known = set(VARIABLES.values())
    secret = {VARIABLES[field] for field in SECRETS}

    for entry in manifest.FUNCTIONS:
        assert set(entry.needs.variables) <= known - secret, entry.serves
        assert set(entry.needs.secrets) <= secret, entry.serves


def test_the_gateway_outwaits_each_function_that_it_calls():
    for entry in manifest.FUNCTIONS:
        if any("/" in glob for glob in entry.serves):
            assert entry.timeout < 29, entry.serves


# Who holds a vendor's credentials beside its worker. A line here is a decision, not a formality.
HOLDERS = {
    "AUTHENTIK_TOKEN_SECRET_NAME": {"PostTenantsSlugUsersUserIdInvitation"},
    "STALWART_API_KEY_SECRET_NAME": {"PostTenantsSlugDomainsNameCheck", "CheckDomains"},
    "OCIS_APP_TOKEN_SECRET_NAME": set(),
}
LOOK_AT_ALL = {"GetTenantsSlugPlan", "PostTenantsSlugReconcile"}


@pytest.mark.parametrize(("integration", "secret"), [*zip(manifest.INTEGRATIONS, HOLDERS, strict=True)])
def test_a_vendors_credentials_are_held_by_its_worker_by_plans_and_by_who_is_listed(sam, integration, secret):
    worker = f"Reconcile{integration.title()}"

    held = {
        name
        for name, resource in sam["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
        and secret in resource["Properties"]["Environment"]["Variables"]
    }

    assert {worker} | LOOK_AT_ALL <= held <= {worker} | LOOK_AT_ALL | HOLDERS[secret]
