"""What the simulated camera of Chromium films: a QR code on a phone, or nothing."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import qrcode
from PIL import Image

SIZE = (640, 480)
FRAMES = 30


class Camera:
    """Chromium reads the file anew whenever a page opens the camera."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.see_nothing()

    @property
    def browser_args(self) -> list[str]:
        """How the browser is started to film it."""
        return ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={self.path}"]

    def see_nothing(self) -> None:
        """An empty wall."""
        self._film(Image.new("RGB", SIZE, "#8a8f92"))

    def see(self, text: str) -> None:
        """A code held up, a little askew."""
        wall = Image.new("RGB", SIZE, "#8a8f92")
        code = qrcode.make(text, border=4).convert("RGB").resize((300, 300))
        turned = code.rotate(7, expand=True, fillcolor="#8a8f92")
        wall.paste(turned, ((SIZE[0] - turned.width) // 2, (SIZE[1] - turned.height) // 2))
        self._film(wall)

    def _film(self, picture: Image.Image) -> None:
        frame = BytesIO()
        picture.save(frame, "JPEG", quality=90)
        self.path.write_bytes(frame.getvalue() * FRAMES)
