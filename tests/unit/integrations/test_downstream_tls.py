import datetime as dt
import ipaddress
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.unit.integrations.calling import READ, an_api, failure_of


@pytest.fixture
def self_signed(tmp_path):
    """A server that speaks TLS with a certificate nobody vouches for; its address and what it was told."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = tmp_path / "server.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
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
        with connection:
            try:
                told.append(context.wrap_socket(connection, server_side=True).recv(1000))
            except (ssl.SSLError, OSError):
                continue


def test_int_15_a_certificate_that_nobody_vouches_for_is_not_talked_to(self_signed, monkeypatch):
    url, told = self_signed
    monkeypatch.setenv("CURL_CA_BUNDLE", "")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")

    failure = failure_of(an_api(url))

    assert failure.code == "no-answer"
    assert told == []
    assert READ.path not in failure.message
