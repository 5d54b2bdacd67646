"""Logs as people have them: read right, or refused with the row; the right values are counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate import calibrate, read
from sim.calibrate.calibration import Calibration
from sim.calibrate.estimates import amounts
from sim.calibrate.histories import histories
from sim.calibrate.policies import Renewals, renewals
from sim.calibrate.transitions import transitions
from sim.errors import InputError

UNTIL = pd.Timestamp("2024-06-30")
POLICIES = "policy,start,end\nA,2020-01-01,2021-01-01\nB,2020-01-01,2022-01-01\nC,2020-01-01,{0}\nD,2021-03-01,{0}\nE,2020-06-01,2021-06-01\n"
INVOICES = "invoice,due,paid\nI1,2024-01-15,2024-01-10\nI2,2024-01-20,2024-02-09\nI3,2024-02-05,{0}\nI4,2024-05-06,{0}\n"
MONTHLY = "policy,start,end\nA,2024-01-01,2024-02-01\nB,2024-01-01,2024-03-01\nC,2024-01-01,2024-04-01\nD,2024-01-01,\nE,2024-01-01,2024-02-01\n"


@pytest.fixture
def log(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Write a log; its path."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "log.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refused(path: Path, **options: object) -> str:
    """The message of a refusal, in a line."""
    with pytest.raises(InputError) as error:
        calibrate(path, **options)  # type: ignore[arg-type]
    assert str(error.value).startswith((f"{path}: ", "--")) and "\n" not in str(error.value)
    return str(error.value)


def counted(found: Renewals) -> tuple[list[float], list[float]]:
    return found.lost.tolist(), found.kept.tolist()


NEVER = [
    "", "9999-12-31", "2099-12-31", "2999-01-01", "99991231", "9999-12-31 00:00:00", "9999-12-31T00:00", "9999-12-31T23:59:59.000Z",
    "9999-12-31T00:00:00+01:00", "2199-12-31", "2200-01-01", "2262-04-12",
]  # fmt: skip


@pytest.mark.parametrize("never", NEVER)
def test_a_day_that_never_comes_is_a_contract_in_force(never: str, log) -> None:  # type: ignore[no-untyped-def]
    for more in ("", "F,2030-01-01,\n"):  # a start that is planned lengthens no observation
        found = renewals(read(log(POLICIES.format(never) + more)), until=UNTIL)
        assert counted(found) == ([2, 1, 0, 0], [0, 0, 0, 1, 1])


@pytest.mark.parametrize(
    "never, said",
    [
        ("1900-01-01", "allowed is a date such as 1997-01-31, from 1901 on, or nothing where there is none"),
        ("0001-01-01", "from 1901 on"),
        ("0000-00-00", "allowed is a date"),
        ("1899-12-30", "from 1901 on"),
        ("9999-99-99", "allowed is a date"),
        ("2958465", "allowed is a date"),
        ("45292", "a spreadsheet counts days like this"),
        ("45292.0", "a spreadsheet counts days like this"),
        ("31/12/9999", "allowed is a date"),
        ("2024-06-31", "allowed is a date"),
        ("2024-1-5", "allowed is a date"),
        ("2024-01", "allowed is a date"),
        ("2024-01-05 soon", "allowed is a date"),
        ("03/04/2023", "allowed is a date"),
        ("03-04-23", "allowed is a date"),
        ("NULL", "allowed is a date"),
        ("٢٠٢٤-٠١-٠١", "allowed is a date"),
    ],
)
def test_a_day_that_is_none_is_refused_with_its_row(never: str, said: str, log) -> None:  # type: ignore[no-untyped-def]
    message = refused(log(POLICIES.format(never)), until="2024-06-30")
    assert f'row 4: end: found "{never}"' in message and said in message


def test_planned_days_end_no_observation(log) -> None:  # type: ignore[no-untyped-def]
    """Start and end of a policy may be planned, so the log must be told when it was made."""
    for text, row in (
        (POLICIES.format(""), "row 3: end: found 2022-01-01"),
        (POLICIES.format("") + "F,2030-01-01,\n", "row 7: start: found 2030-01-01"),
    ):
        message = refused(log(text))
        assert row in message and "may be planned; say with --until" in message


@pytest.mark.parametrize("never", ["", "9999-12-31"])
@pytest.mark.parametrize("until", [None, pd.Timestamp("2024-02-10")])
def test_invoices_not_due_yet_end_no_observation(never: str, until: pd.Timestamp | None, log) -> None:  # type: ignore[no-untyped-def]
    """Seen to 9 or 10 February: I1 paid while current; I2 and I3 from current to bucket 1; I4 nothing.

    That I2 was paid in its month in bucket 1 does not count, since that month was not over.
    """
    found = transitions(read(log(INVOICES.format(never))), buckets=4, smoothing=0.01, until=until)
    want = np.zeros((4, 5))
    want[0, 0], want[0, 1] = 1, 2
    assert (found.counts == want).all()


def test_invoices_of_which_none_is_paid_must_be_told_when_they_were_seen(log) -> None:  # type: ignore[no-untyped-def]
    text = "invoice,due,paid\nI1,2024-01-15,\nI2,2024-05-06,9999-12-31\n"
    assert "no invoice is paid or written off; say with --until" in refused(log(text))
    assert "row 2: paid: found 2100-01-01, which has not come yet" in refused(log("invoice,due,paid\nI1,2024-01-15,2100-01-01\n"))


@pytest.mark.parametrize(
    "day", ["9999-12-31", "2300-01-01", "2150-06-01", "1900-01-01", "2023-01", "202301", "45292", "01/02/2023", "3.4.23"]
)
def test_a_purchase_of_no_day_is_refused_with_its_row(day: str, log) -> None:  # type: ignore[no-untyped-def]
    text = f"customer,date\na,2024-01-01\na,2024-02-01\nb,2024-01-03\nb,{day}\n"
    assert "row 5: date: found " in refused(log(text)) and day[:4] in refused(log(text))


def test_a_purchase_to_come_is_left_out_where_the_end_is_said(log) -> None:  # type: ignore[no-untyped-def]
    rows = "customer,date\na,2024-01-01\na,2024-02-01\na,2024-04-01\nb,2024-01-03\nb,2024-03-01\nc,2024-02-02\n"
    found = histories(read(log(rows + "c,2150-06-01\n")).table, until=UNTIL)
    assert found.x.tolist() == [2, 1, 0] and found.until == UNTIL


@pytest.mark.parametrize("until", ["2150-01-01", "1850-01-01", "2024-13-01", "2024-1-1", "", "01/02/2024"])
def test_observation_ends_on_a_day_that_has_come(until: str, log) -> None:  # type: ignore[no-untyped-def]
    assert refused(log(MONTHLY), until=until).startswith(f'--until: found "{until}", allowed is a day from 1901 to today')


def test_monthly_terms(log) -> None:  # type: ignore[no-untyped-def]
    found = renewals(read(log(MONTHLY)), term=1, until=UNTIL)
    assert counted(found) == ([2, 1, 1, 0, 0], [0, 0, 0, 0, 0, 1]) and found.midterm == 0


@pytest.mark.parametrize("term", [1, 2, 3, 12])
def test_terms_of_any_length_give_back_the_law(term: int, log) -> None:  # type: ignore[no-untyped-def]
    """3,000 contracts of sBG(.7, 5), ended on the day of a renewal or a few days after; estimates within two standard errors."""
    r = np.random.default_rng(20240630 + term)
    left = r.geometric(r.beta(0.7, 5.0, 3000))
    start = pd.Timestamp("2005-01-01") + pd.to_timedelta(r.integers(0, 365 * (2 if term > 1 else 1), 3000), "D")
    end = [
        "" if months > 600 else f"{day + pd.DateOffset(months=int(months)) + pd.DateOffset(days=int(late)):%Y-%m-%d}"
        for day, months, late in zip(start, term * left, r.integers(0, min(25, 10 * term), 3000), strict=True)
    ]
    table = pd.DataFrame({"policy": np.arange(3000), "start": start.strftime("%Y-%m-%d"), "end": end})
    until = pd.Timestamp("2007-01-01") + pd.DateOffset(months=12 * term)
    top = calibrate(log(table.to_csv(index=False)), term=term, until=until).estimates[0].maximum
    assert top is not None
    assert np.all(np.abs(top.theta - [0.7, 5.0]) < 2 * top.standard_errors), (top.theta, top.standard_errors)


def test_until_holds_for_renewals_and_statuses_or_is_refused(log) -> None:  # type: ignore[no-untyped-def]
    rows = [
        "a,1,yes,2021-01-01",
        "a,2,no,2022-01-01",
        "b,1,no,2021-05-01",
        "c,1,yes,2021-03-01",
        "c,2,yes,2022-03-01",
        "c,3,no,2023-03-01",
    ]
    text = "policy,period,renewed,date\n" + "\n".join(rows)
    whole, cut = renewals(read(log(text))), renewals(read(log(text)), until=pd.Timestamp("2022-12-31"))
    assert counted(whole) == ([1, 1, 1], [0, 0, 0, 0]) and counted(cut) == ([1, 1], [0, 0, 1])
    plain = "policy,period,renewed\n" + "\n".join(row.rpartition(",")[0] for row in rows)
    assert "has no column date, by which --until could tell" in refused(log(plain), until="2022-12-31")
    assert "no renewal fell due on or before" in refused(log(text), until="2020-12-31")
    numbered = "account,month,status\na,1,current\na,2,1\na,3,paid\n"
    assert "row 2: month: found a number, by which --until cannot tell" in refused(log(numbered), until="2022-12-31")


def shop(amounts: str | list[str]) -> str:
    """Four customers, eight purchases, and amounts of them."""
    days = [
        "a,2024-01-01",
        "a,2024-02-01",
        "a,2024-04-01",
        "b,2024-01-03",
        "b,2024-03-01",
        "c,2024-02-02",
        "d,2024-01-09",
        "d,2024-03-09",
    ]
    return (
        "customer,date,amount\n"
        + "\n".join(
            f"{day},{amount}" for day, amount in zip(days, amounts.split() if isinstance(amounts, str) else amounts, strict=True)
        )
        + "\n"
    )


def priced(path: Path) -> Calibration:
    """What the amounts of a log say."""
    log = read(path)
    return Calibration((log,), tuple(amounts(histories(log.table))))


def test_one_price_for_all_is_kept_and_said(log) -> None:  # type: ignore[no-untyped-def]
    found = priced(log(shop("9.99 " * 8)))
    values = found.fragment.values
    price = values["customers.spend.p"] * values["customers.spend.v"] / (values["customers.spend.q"] - 1)
    assert price == pytest.approx(9.99, rel=1e-5) and values["customers.initial"] == pytest.approx(9.99)
    assert str(found).count("cost the same, 9.99") == 2
    spread = (1 / values["customers.spend.p"] + 1 / (values["customers.spend.q"] - 2)) ** 0.5
    assert spread < 0.015
    assert set(found.fragment.sources) == {"customers.spend", "customers.initial", "customers.initial_shape"}


@pytest.mark.parametrize(
    "sums, said, gone",
    [
        ("5 0 0 7 0 3 4 0", "no amounts above 0 of repeat purchases", "customers.spend"),
        ("0 5 6 0 7 0 0 8", "no amount above 0 of a first purchase", "customers.initial"),
        ("5 6 0 7 8 3 4 9", "no customer has amounts of two repeat purchases", "customers.spend"),
    ],
)
def test_amounts_that_tell_nothing_are_said_to(sums: str, said: str, gone: str, log) -> None:  # type: ignore[no-untyped-def]
    found = priced(log(shop(sums)))
    assert f"{said}: no law is estimated, and the fragment leaves {gone}" in str(found)
    assert not any(path.startswith(gone) for path in found.fragment.values)


def test_a_log_without_amounts_says_nothing_of_them(log) -> None:  # type: ignore[no-untyped-def]
    text = "\n".join(line.rpartition(",")[0] for line in shop("1 " * 8).splitlines())
    assert not priced(log(text)).estimates


@pytest.mark.parametrize(
    "one, other",
    [("7", "7.0"), ("7", "007"), ("anna", "Anna"), ("van Dam", "van  Dam"), ("7", "７"), ("vanDam", "van Dam"), ("0", "00")],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["transactions", "policies", "invoices", "statuses"])
def test_a_name_is_written_in_one_way(one: str, other: str, kind: str, log) -> None:  # type: ignore[no-untyped-def]
    rows = {
        "transactions": "customer,date\n{},2024-01-01\nx,2024-02-01\n{},2024-03-01\n",
        "policies": "policy,start,end\n{},2020-01-01,\nx,2020-01-01,2022-01-01\n{},2020-01-01,\n",
        "invoices": "invoice,due,paid\n{},2020-01-01,\nx,2020-01-01,2022-01-01\n{},2020-01-01,\n",
        "statuses": "account,month,status\n{},1,current\nx,1,1\n{},2,paid\n",
    }
    message = refused(log(rows[kind].format(one, other)))
    assert "row 4: " in message and f'found "{other}", and "{one}" in row 2' in message


def test_composed_and_decomposed_letters_are_one_name(log) -> None:  # type: ignore[no-untyped-def]
    assert read(log("customer,date\né,2024-01-01\ne\u0301,2024-01-02\n")).table["customer"].nunique() == 1


@pytest.mark.parametrize("name", ["NA", "n/a", "null", "NaN", "None", "#N/A", "-", "unknown", "1.23E+11", "4,5e+9"])
def test_what_is_no_name_is_refused(name: str, log) -> None:  # type: ignore[no-untyped-def]
    assert f'row 3: customer: found "{name}", allowed is a name' in refused(
        log(f'customer,date\na,2024-01-01\n"{name}",2024-02-01\n')
    )


def test_names_that_look_alike_and_are_not_pass(log) -> None:  # type: ignore[no-untyped-def]
    names = ["7", "70", "0x7", "7a", "nan cy", "Nadia", "7-0", "7/0", "O7", "1e5x"]
    assert read(log("customer,date\n" + "".join(f"{name},2024-01-01\n" for name in names))).table["customer"].tolist() == names


def test_whole_rows_that_are_there_twice_are_said(log) -> None:  # type: ignore[no-untyped-def]
    text = shop("5 6 7 8 9 3 4 9")
    (note,) = read(log(text + "a,2024-02-01,6\nb,2024-01-03,8\n")).notes
    assert note == "2 rows are there a second time, word for word (the first: row 10), and taken for another purchase of that day"
    assert read(log(text)).notes == ()


@pytest.mark.parametrize(
    "amount", ['"1,234.50"', "1_000", "1 000", "€5", "5 EUR", "(5.00)", '"5,50"', "0x10", "٥", "1e400", "nan", "--5", "5%"]
)
def test_an_amount_is_a_plain_number(amount: str, log) -> None:  # type: ignore[no-untyped-def]
    message = refused(log(shop(["5", "6", "7", amount, "9", "3", "4", "9"])))
    assert "row 5: amount: found " in message and "allowed is a number with a decimal point" in message


@pytest.mark.parametrize("amount", ["1e300", "1000000000001"])
def test_an_amount_too_large_to_be_reckoned_with_is_refused(amount: str, log) -> None:  # type: ignore[no-untyped-def]
    message = refused(log(shop(["5", "6", "7", amount, "9", "3", "4", "9"])))
    assert f'row 5: amount: found "{amount}", allowed is an amount of at most 1,000,000,000,000' in message
    assert read(log(shop(["5", "6", "7", "1e12", "9", "3", "4", "9"]))).notes == ()


def test_a_refund_is_refused(log) -> None:  # type: ignore[no-untyped-def]
    assert 'row 5: amount: found "-8", allowed is an amount of at least 0; leave returns out' in refused(
        log(shop("5 6 7 -8 9 3 4 9"))
    )
