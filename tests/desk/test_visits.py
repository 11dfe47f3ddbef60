"""A member comes in at the desk: his pass is scanned there, and a mistake is given back."""

from __future__ import annotations

from core.services.actor import Actor
from core.store.tables import CourseOrder, Member, Visit
from core.vouchers.member_pass import PassKind
from tests.builders import PHONE, Chain
from tests.desk.conftest import Browser


def shown(chain: Chain) -> str:
    """The pass of a member with a course of ten."""
    chain.card(ends_in=30)
    (row,) = chain.rows(Member, Member.phone == PHONE)
    course = chain.course(row.id, 10)
    return chain.services.visits.show(Actor("member", row.id, "mini"), PassKind.COURSE,
                                      course).text


def uses(chain: Chain) -> int:
    (course,) = chain.rows(CourseOrder)
    return int(course.uses_used)


def test_a_pass_in_the_code_field_takes_one_use(chain: Chain, clerk: Browser) -> None:
    text = shown(chain)
    page = clerk.send("/desk/redeem", {"code": f" {text.lower()}\n"}).text
    for part in ("进场记好了", "138****8000", "剩 9 次", "滨江店"):
        assert part in page, part
    assert "刚才已经记过了" in clerk.send("/desk/redeem", {"code": text}).text
    assert uses(chain) == 1 and len(chain.rows(Visit)) == 1


def test_a_made_up_pass_is_refused_beside_the_field(chain: Chain, clerk: Browser) -> None:
    answer = clerk.send("/desk/redeem", {"code": "HXP" + "A" * 52})
    assert answer.status_code == 422 and "不是会员码" in answer.text
    assert chain.rows(Visit) == []


def test_a_mistake_is_given_back_with_a_reason(chain: Chain, clerk: Browser) -> None:
    clerk.send("/desk/redeem", {"code": shown(chain)})
    (visit,) = chain.rows(Visit)
    assert f"/desk/visits/{visit.id}/undo" in clerk.text("/desk/visits")
    here = f"/desk/visits/{visit.id}/undo"
    assert "剩 10 次" in clerk.text(here)
    assert clerk.send(here, {"reason": " "}).status_code == 422 and uses(chain) == 1
    assert "已撤" in clerk.send(here, {"reason": "扫错了人"}).text
    assert uses(chain) == 0 and "已经撤过了" in clerk.text(here)


def test_the_audit_book_tells_it_as_it_is_called_here(chain: Chain, clerk: Browser,
                                                      owner: Browser) -> None:
    clerk.send("/desk/redeem", {"code": shown(chain)})
    chain.services.visit_book.undo(chain.rows(Visit)[0].id, "扫错了人", chain.clerk)
    book = owner.text("/desk/audit")
    assert "到店：撤掉了" in book and "扫错了人" in book and "券回到未核销" not in book


def test_another_venues_visit_is_not_there(chain: Chain, clerk: Browser) -> None:
    chain.services.visits.record(shown(chain), chain.western_clerk)
    (visit,) = chain.rows(Visit)
    assert clerk.open(f"/desk/visits/{visit.id}/undo").status_code == 404
    assert "还没有人" in clerk.text("/desk/visits")
