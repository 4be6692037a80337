"""Seals a PDF: PAdES B-B with our own P-256 certificate, certified against any later change.

pyHanko's defaults would spoil PDF/A-3 and PDF/UA-1: they rewrite the XMP packet, raise the version
to PDF 2.0 and leave an untagged widget. Each of the three is turned off here.
"""

import io

from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certification.domain.keys import root_certificate, seal_key

FIELD = "IssuerSeal"
LABEL = "Digital seal of the issuer"
RESERVED_BYTES = 6144
Name = generic.NameObject


class _Writer(IncrementalPdfFileWriter):
    def _update_meta(self):
        """Leave the XMP packet of the drawing byte for byte as it is."""


class _Signer(signers.PdfSigner):
    def register_extensions(self, pdf_out, *, md_algorithm):
        """Stay at PDF 1.7, as PDF/A-3 asks."""


def _asn1(certificate):
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _signer():
    key, certificate = seal_key()
    store = SimpleCertificateStore()
    store.register(_asn1(root_certificate()))
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return signers.SimpleSigner(
        signing_cert=_asn1(certificate),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )


def _tag_field(writer):
    """Put the seal's widget into the structure tree, as PDF/UA-1, 7.18.4 asks."""
    widget_reference = writer.root["/AcroForm"]["/Fields"].raw_get(0).reference
    widget = widget_reference.get_object()
    page = widget.raw_get("/P")
    tree = writer.root["/StructTreeRoot"]
    kids = tree.raw_get("/K")
    if isinstance(kids, generic.ArrayObject):
        kids = kids.raw_get(0)
    document = kids.get_object() if isinstance(kids, generic.IndirectObject) else kids
    widget_object = generic.IndirectObject(
        widget_reference.idnum, widget_reference.generation, writer
    )
    element = writer.add_object(
        generic.DictionaryObject(
            {
                Name("/Type"): Name("/StructElem"),
                Name("/S"): Name("/Form"),
                Name("/P"): kids,
                Name("/Alt"): generic.pdf_string(LABEL),
                Name("/Pg"): page,
                Name("/K"): generic.DictionaryObject(
                    {Name("/Type"): Name("/OBJR"), Name("/Obj"): widget_object, Name("/Pg"): page},
                ),
            },
        ),
    )
    children = document["/K"]
    children.append(element)
    writer.update_container(children)
    key = generic.NumberObject(tree["/ParentTreeNextKey"])
    widget[Name("/StructParent")] = key
    writer.update_container(widget)
    parents = tree["/ParentTree"]
    entry = generic.ArrayObject([key, element])
    if "/Nums" in parents:
        parents["/Nums"].extend(entry)
        writer.update_container(parents["/Nums"])
    else:
        limits = generic.ArrayObject([key, key])
        leaf = generic.DictionaryObject({Name("/Limits"): limits, Name("/Nums"): entry})
        parents["/Kids"].append(writer.add_object(leaf))
        writer.update_container(parents["/Kids"])
    tree[Name("/ParentTreeNextKey")] = generic.NumberObject(key + 1)
    writer.update_container(tree)


def seal_pdf(pdf: bytes) -> bytes:
    """Return `pdf` with the issuer's seal over the whole file."""
    writer = _Writer(io.BytesIO(pdf))
    invisible = InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
    spec = SigFieldSpec(
        FIELD,
        on_page=0,
        box=None,
        readable_field_name=LABEL,
        invis_sig_settings=invisible,
    )
    fields.append_signature_field(writer, spec)
    _tag_field(writer)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason="Certificate issued",
    )
    out = io.BytesIO()
    _Signer(metadata, signer=_signer()).sign_pdf(
        writer,
        output=out,
        bytes_reserved=RESERVED_BYTES,
        existing_fields_only=True,
    )
    return out.getvalue()
