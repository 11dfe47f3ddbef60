"""The codes in a photo that somebody sent in the chat."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import InvalidInput
from core.platforms.messenger import Messenger


class Photos:
    """Fetches pictures from the chat apps and reads them here."""

    def __init__(self, messengers: Sequence[Messenger]) -> None:
        self._messengers = {each.channel: each for each in messengers}

    def codes(self, channel: str, media_id: str) -> list[str]:
        """Every code in the picture, once; empty when there is none.

        Raises InvalidInput (no picture, too large), PlatformError.
        """
        # The decoder takes a while to load, and most processes never see a photo.
        from core.services.decode_image import decode

        messenger = self._messengers.get(channel)
        if messenger is None or not media_id:
            raise InvalidInput("not_an_image")
        return decode(messenger.picture(media_id))
