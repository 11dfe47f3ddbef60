"""Follow a voucher's short link to its `object_id`, and nowhere else.

Douyin's QR holds a short link that answers 301 or 302; only the query parameter `object_id` of
its target is contractual (douyin.md 3.1). Whoever shows a QR chooses what it says, so the
request must not reach anything but listed hosts (no SSRF): each hop is checked before it is
asked, and no body is read. The target that carries the `object_id` is never asked at all, so its
host does not matter.
"""

from __future__ import annotations

from collections.abc import Set
from string import punctuation
from urllib.parse import quote, urljoin

import requests

from core.baton import BATON
from core.errors import PlatformBusy, PlatformUnknown, VoucherError
from core.platforms import deadline
from core.vouchers import links
from core.vouchers.reading import DOUYIN, Reason

MOST_HOPS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class ShortLinks:
    """Knows which hosts may be asked: `name` over https, or `name:port` of a sandbox.

    `timeout` in seconds is for all hops together, headers that drip included. A session given
    here must not carry credentials; the one made here has none and heeds no `.netrc`.
    """

    def __init__(
        self,
        hosts: Set[str] = links.DOUYIN_SHORT_HOSTS,
        timeout: float = 2.0,
        session: requests.Session | None = None,
    ) -> None:
        self._hosts = frozenset(hosts)
        self._timeout = timeout
        self._session = session or _session()

    def follow(self, url: str) -> str:
        """The `object_id` behind a short link: what prepare takes as `encrypted_data`.

        It is percent-decoded exactly once, so encode it once when sending it.
        Raises VoucherError "private_link" or "unsafe_link" for what must not be asked,
        "no_code_in_link" when the link leads elsewhere, to no voucher or in circles;
        PlatformBusy when the host says "later"; PlatformUnknown when it does not answer in time.
        """
        with BATON.laid_down(), deadline.budget(self._timeout):
            for _ in range(MOST_HOPS):
                url = self._target(self._checked(url))
                link = links.parse(url)
                object_id = links.object_id(link) if link else None
                if object_id:
                    return object_id
        raise VoucherError(Reason.NO_CODE_IN_LINK.value)

    def _checked(self, url: str) -> str:
        link = links.parse(url)
        if link is None:
            raise VoucherError(Reason.UNSAFE_LINK.value)
        if not link.is_at(self._hosts):
            private = links.is_private(link.host)
            reason = Reason.PRIVATE_LINK if private else Reason.NO_CODE_IN_LINK
            raise VoucherError(reason.value)
        return link.url(self._hosts)

    def _target(self, url: str) -> str:
        """Where one hop points. Only status and headers are read."""
        seconds = deadline.left()
        if not seconds:
            raise PlatformUnknown(DOUYIN, step="short_link")
        session = self._session
        request = session.prepare_request(requests.Request("GET", url))
        try:
            # Not session.get: even with allow_redirects=False it reads a redirect's whole body.
            with session.get_adapter(url).send(
                request, timeout=seconds, proxies=session.proxies,
                verify=session.verify is None or session.verify, cert=session.cert,
            ) as response:
                status = response.status_code
                location = response.headers.get("Location", "")
        except requests.RequestException as error:
            raise PlatformUnknown(DOUYIN, step="short_link") from error
        if status == 429 or status >= 500:
            raise PlatformBusy(DOUYIN, step="short_link", status=status)
        if status not in _REDIRECTS or not location:
            raise VoucherError(Reason.NO_CODE_IN_LINK.value)
        try:
            # A raw title or blank in some other parameter must not spoil the link. Header bytes
            # come as latin-1 text.
            return urljoin(url, quote(location, safe=punctuation, encoding="latin-1"))
        except ValueError as error:
            raise VoucherError(Reason.UNSAFE_LINK.value) from error


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = "Hexiaotai"
    for scheme in ("http://", "https://"):
        session.mount(scheme, deadline.BoundedAdapter())
    return session
