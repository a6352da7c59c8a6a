import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.unit.integrations.calling import READ, an_api, failure_of
from tests.unit.integrations.conftest import an_answer

DAY = dt.timedelta(days=1)


@pytest.fixture
def certificate(tmp_path):
    """Writes a certificate that vouches for itself, with its key, and tells where."""

    def written(address="127.0.0.1", ends=DAY):
        key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Vendor")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(1).not_valid_before(now - 3 * DAY).not_valid_after(now + ends)
        for extension, is_critical in _extensions(address, key.public_key()):
            builder = builder.add_extension(extension, critical=is_critical)
        plain = serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        file = tmp_path / "server.pem"
        public = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        file.write_bytes(public + private)
        return file

    return written


def _extensions(address, key):
    yield x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False
    yield x509.BasicConstraints(ca=True, path_length=None), True
    yield x509.SubjectKeyIdentifier.from_public_key(key), False
    yield x509.AuthorityKeyIdentifier.from_issuer_public_key(key), False


@contextlib.contextmanager
def a_server(file, newest=ssl.TLSVersion.MAXIMUM_SUPPORTED):
    """A server that speaks TLS, up to version `newest`; its address and what it was told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.maximum_version = newest
    told = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, context, told), daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}", told
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(server, context, told):
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with (
            connection,
            contextlib.suppress(OSError),
            context.wrap_socket(connection, server_side=True) as tls,
        ):
            told.append(tls.recv(1000))
            tls.sendall(an_answer({}))


@pytest.fixture
def trusted(monkeypatch):
    """Has a certificate trusted. The code has no way to, so requests' own list is another one."""
    return lambda file: monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(file))


def test_int_15_a_certificate_that_nobody_vouches_for_is_not_talked_to(certificate, monkeypatch):
    monkeypatch.setenv("CURL_CA_BUNDLE", "")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")

    with a_server(certificate()) as (url, told):
        failure = failure_of(an_api(url))

    assert failure.code == "no-answer"
    assert told == []
    assert READ.path not in failure.message


def test_int_15_no_setting_of_the_environment_adds_someone_to_trust(certificate, monkeypatch):
    file = certificate()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))

    with a_server(file) as (url, told):
        failure_of(an_api(url))

    assert told == []


def test_int_15_a_good_certificate_of_the_right_name_is_talked_to(certificate, trusted):
    file = certificate()
    trusted(file)

    with a_server(file) as (url, told):
        answer = an_api(url).send(READ)

    assert answer.status == 200
    assert len(told) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"address": "127.0.0.2"}, id="INT-15 wrong name"),
        pytest.param({"ends": -DAY}, id="INT-15 expired"),
    ],
)
def test_int_15_a_trusted_certificate_that_does_not_fit_is_not_talked_to(certificate, trusted, wrong):
    file = certificate(**wrong)
    trusted(file)

    with a_server(file) as (url, told):
        failure = failure_of(an_api(url))

    assert failure.code == "no-answer"
    assert told == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_int_15_an_old_version_of_tls_is_not_spoken(certificate, trusted):
    file = certificate()
    trusted(file)

    with a_server(file, newest=ssl.TLSVersion.TLSv1_1) as (url, told):
        failure = failure_of(an_api(url))

    assert failure.code == "no-answer"
    assert told == []
