"""Finding redemptions: by ref, ticket or code; what waits; lists."""

from __future__ import annotations

from core.errors import NotAllowed, NotFound, VoucherError
from core.ids import clean_code
from core.services.actor import Actor, Role
from core.services.paging import MOST_PAGE_SIZE, PageOf, bounded
from core.services.redemption_view import RedemptionView
from core.services.ticket import ids_of, read_ticket
from core.services.views import Views
from core.store import redemption_lists, redemptions, vouchers
from core.store.select import first, unsought
from core.store.tables import Redemption
from core.vouchers.redemption import GRANTED, State

Page = PageOf[RedemptionView]


class Lookup:
    """Reads only."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def version(self, ref: str) -> str:
        """Differs whenever something a view shows has changed."""
        found = redemptions.version(ref)
        if found is None:
            raise NotFound("redemption_not_found")
        return found

    def find(self, text: str, actor: Actor) -> RedemptionView:
        number = read_ticket(text)
        if number is not None and number % 2 == 0:
            return self._by_ticket(number, actor)
        row = redemptions.by_ref(clean_code(text)) or _newest_of_code(clean_code(text), None, actor)
        if row is None:
            raise NotFound("redemption_not_found")
        if not actor.may_work_at(row.venue_id):
            raise NotAllowed("other_venue")
        return self._views.of_id(row.lead_id or row.id)

    def _by_ticket(self, number: int, actor: Actor) -> RedemptionView:
        newest = first(Redemption.select(Redemption.id).order_by(Redemption.id.desc()).limit(1))
        ids = ids_of(number, newest.id) if newest is not None else []
        rows = Redemption.select(Redemption.id, Redemption.venue).where(
            Redemption.id.in_(ids) & unsought(Redemption.lead_id).is_null()
        ).order_by(Redemption.id.desc())
        for row in rows:
            if actor.may_work_at(row.venue_id):
                return self._views.of_id(row.id)
        raise NotFound("redemption_not_found")

    def redeemed(self, code: str, actor: Actor, platform: str | None) -> tuple[str, int]:
        """The ref of a code's newest standing redemption, and which row is the code's own. Raises
        VoucherError: not_redeemed, voucher_not_found."""
        row = _newest_of_code(clean_code(code), platform, actor)
        if row is None:
            raise VoucherError("voucher_not_found")
        if row.state not in GRANTED and row.state != State.UNDONE:
            raise VoucherError("not_redeemed")
        lead = redemptions.by_id(row.lead_id) if row.lead_id is not None else row
        assert lead is not None, "redemptions are never deleted"
        return lead.ref, row.id

    def waiting(self, actor: Actor, venue_id: int | None) -> list[RedemptionView]:
        where = venue_id if venue_id is not None else actor.venue_id
        actor.require(Role.CLERK, where)
        rows = redemption_lists.waiting(where).limit(MOST_PAGE_SIZE)
        return [self._views.of(row) for row in rows]

    def listed(self, actor: Actor, *, state: State | str | None, venue_id: int | None, page: int,
               page_size: int) -> Page:
        actor.require(Role.CLERK, venue_id)
        number, size = bounded(page, page_size)
        venues = {venue_id} if venue_id is not None else (
            None if actor.role is Role.ADMIN else actor.venues)
        wanted = State(state) if state is not None else None
        rows = redemption_lists.newest(wanted, venues).paginate(number, size)
        return Page(items=[self._views.of(row) for row in rows],
                    total=redemption_lists.count(wanted, venues), page=number, page_size=size)


def _newest_of_code(code: str, platform: str | None, actor: Actor) -> Redemption | None:
    """The newest redemption of a code that the actor may see, a granted one before others."""
    if not code:
        return None
    rows = [row for row in redemptions.of_vouchers(vouchers.ids_of_code(code, platform), 20)
            if actor.may_work_at(row.venue_id)]
    return next((row for row in rows if row.state in GRANTED), rows[0] if rows else None)
