"""A photo of a QR or bar code does what its code would do."""

from __future__ import annotations

from bot.commands.redeem import look
from bot.incoming import Kind, Reply, Say
from bot.router import otherwise
from core.errors import VoucherError
from core.services.staff_words import Words
from core.vouchers import scan

NO_CODE = Words("照片里没找到码。离近一点、别反光，再拍一张，或直接发券码",
                "No code in this photo. Come closer, avoid reflections, or send the code")


@otherwise(Kind.PHOTO)
def photo(say: Say) -> Reply:
    """Codes that are certainly neither voucher nor member pass (a product's bar code, a payment
    code) are left out when the picture holds one of ours as well."""
    codes = say.services.photos.codes(say.incoming.channel, say.incoming.media_id)
    if not codes:
        return Reply(NO_CODE)
    ours = [code for code in codes if isinstance(scan.read(code), scan.Reading)
            or say.services.visits.is_pass(code)]
    if len(ours) > 1:
        raise VoucherError("several_codes", count=len(ours))
    return look(say, (ours or codes)[0])
