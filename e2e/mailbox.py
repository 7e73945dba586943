"""The mails of a Foyer without a mail server, and the QR codes in what is attached to them."""

import email
import email.policy
import subprocess
import tempfile
from email.message import EmailMessage
from pathlib import Path

import zxingcpp
from PIL import Image


class Mailbox:
    """The folder in which each mail is a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address, oldest first."""
        files = sorted(self.folder.glob("*.eml"))
        mails = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return [mail for mail in mails if address in str(mail["To"])]


def text_of(mail: EmailMessage) -> str:
    """The plain words of a mail."""
    body = mail.get_body(["plain"])
    assert body is not None, mail["Subject"]
    text: str = body.get_content()
    return text


def pdfs_of(mail: EmailMessage) -> list[bytes]:
    """The PDFs attached to a mail."""
    return [part.get_content() for part in mail.iter_attachments() if part.get_content_type() == "application/pdf"]


def codes_in_pdf(body: bytes) -> list[str]:
    """The QR codes on the pages of a PDF, as a scanner at the door reads them from paper."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", "120", "-png", "-", f"{folder}/page"], input=body, check=True)
        return [code for page in sorted(Path(folder).glob("*.png")) for code in codes_in_image(page)]


def words_in_pdf(body: bytes) -> str:
    """The words of a PDF in the order of reading."""
    return subprocess.run(["pdftotext", "-", "-"], input=body, check=True, capture_output=True).stdout.decode()


def codes_in_image(file: Path) -> list[str]:
    """The QR codes in a picture."""
    with Image.open(file) as image:
        return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]
