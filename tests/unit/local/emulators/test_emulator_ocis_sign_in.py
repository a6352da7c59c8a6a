from tests.unit.local.emulators.emulator_clients import error_of


def test_a_personal_space_appears_only_after_the_first_sign_in(files):
    user = files.user()
    before = files.get(f"/v1.0/users/{user}?$expand=drive").json

    first, second = files.log_in("ada").json, files.log_in("ada").json

    after = files.get(f"/v1.0/users/{user}?$expand=drive,drives").json
    assert "drive" not in before
    assert first["drive"]["id"] == second["drive"]["id"] == after["drive"]["id"] == after["drives"][0]["id"]
    assert (after["drive"]["driveType"], after["drive"]["owner"]["user"]["id"]) == ("personal", user)
    assert "drive" not in files.values("/v1.0/users?$search=ada&$expand=drive")[0]


def test_a_disabled_or_unknown_user_cannot_sign_in(files):
    files.user("ada", accountEnabled=False)

    assert error_of(files.log_in("ada")) == (403, "accessDenied")
    assert error_of(files.log_in("nobody")) == (404, "itemNotFound")
    assert error_of(files.http.post("/_login", json={"username": 1})) == (400, "invalidRequest")
    assert files.values("/v1.0/drives") == []


def test_a_groups_claim_takes_away_other_memberships(files):
    user, kept, lost = files.user(), files.group("kept"), files.group("lost")
    for group in (kept, lost):
        files.send("POST", f"/v1.0/groups/{group}/members/$ref", {"@odata.id": f"/graph/v1.0/users/{user}"})

    files.log_in("ada")
    without_claim = len(files.get(f"/v1.0/users/{user}?$expand=memberOf").json["memberOf"])
    files.log_in("ada", groups=["kept"])

    assert without_claim == 2
    assert [group["id"] for group in files.get(f"/v1.0/users/{user}?$expand=memberOf").json["memberOf"]] == [
        kept
    ]
