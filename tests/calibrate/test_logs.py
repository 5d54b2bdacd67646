"""Bad logs: one message that names the file, the row, what was found and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.calibrate import calibrate, read
from sim.errors import InputError

HEAD = "customer,date,amount\n"
GOOD = "a,2024-01-01,5\na,2024-02-01,6\nb,2024-01-03,7\nb,2024-03-01,8\n"

BAD = {
    "empty": ("", "is empty"),
    "header": (HEAD, "has a header and no rows"),
    "semicolons": ("customer;date;amount\na;2024-01-01;5\n", "separated by semicolons; allowed are commas"),
    "tabs": ("customer\tdate\na\t2024-01-01\n", "separated by tabs"),
    "missing": ("customer,dat,amount\na,2024-01-01,5\n", 'row 1: date missing for a log of transactions; is date what you call "dat"?'),
    "strange": ("x,y\n1,2\n", "row 1: found columns x, y; a log has the columns of one kind (transactions: customer, date;"),
    "date": (HEAD + GOOD + "c,01/31/2024,5\n", 'row 6: date: found "01/31/2024", allowed is a date such as 1997-01-31'),
    "no day": (HEAD + "a,2024-02-30,5\nb,x,1\n", 'row 2: date: found "2024-02-30", allowed is a date such as 1997-01-31 (and 1 more row)'),
    "no date": (HEAD + "a,,5\n", 'row 2: date: found ""'),
    "negative": (HEAD + GOOD + "c,2024-01-01,-5\n", 'row 6: amount: found "-5", allowed is an amount of at least 0'),
    "word": (HEAD + "a,2024-01-01,five\n", 'row 2: amount: found "five", allowed is a number'),
    "infinite": (HEAD + "a,2024-01-01,inf\n", 'row 2: amount: found "inf", allowed is a number'),
    "comma": (HEAD + "a,2024-01-01,5,50\n", "row 2: found 4 cells, the header has 3; a decimal comma is not allowed"),
    "short": (HEAD + "a,2024-01-01\n", "row 2: found 2 cells, the header has 3"),
    "nobody": (HEAD + ",2024-01-01,5\n", 'row 2: customer: found "", allowed is a name'),
    "twice": ("customer,date,date\na,2024-01-01,2024-01-01\n", 'row 1: the column "date" is there twice'),
    "one": (HEAD + "a,2024-01-01,5\na,2024-02-01,5\n", "found one customer only"),
    "once": (HEAD + "a,2024-01-01,5\nb,2024-02-01,5\n", "nobody buys on a second day"),
    "quotes": (HEAD + 'a,"2024-01-01,5\n', "is no CSV"),
    "two kinds": ("customer,date,policy,start,end\na,2024-01-01,1,2024-01-01,\n", "say which with --kind"),
    "status": ("account,month,status\na,2024-01,late\n", 'row 2: status: found "late", allowed is current, 1 to 7'),
    "month": ("account,month,status\na,January,1\n", 'row 2: month: found "January", allowed is a month such as 2024-01'),
    "renewed": ("policy,period,renewed\na,1,perhaps\n", 'row 2: renewed: found "perhaps", allowed is yes or no'),
    "period": ("policy,period,renewed\na,0,yes\n", 'row 2: period: found "0"'),
    "gap": ("policy,period,renewed\na,1,yes\na,3,yes\n", 'row 3: period: renewal 2 of "a" is missing before this one'),
    "undead": ("policy,period,renewed\na,1,no\na,2,yes\n", 'row 2: renewed: "a" left here, and yet has later renewals'),
    "backward": ("policy,start,end\na,2024-01-01,2023-01-01\n", "row 2: end: found 2023-01-01, before its start 2024-01-01"),
    "in force": ("policy,start,end\na,2020-01-01,\nb,2024-01-01,\n", "no contract has ended"),
    "both": ("invoice,due,paid,written_off\na,2024-01-01,2024-01-02,2024-01-03\n", "row 2: written_off: an invoice is paid or written off"),
    "again": ("invoice,due,paid\na,2024-01-01,\na,2024-01-01,\n", 'row 3: invoice: "a" is there a second time'),
    "two statuses": ("account,month,status\na,1,current\na,1,1\n", 'row 3: account: "a" has two statuses in one month'),
    "unseen": ("account,month,status\na,1,current\na,2,1\na,3,paid\n", "no account is seen leaving bucket 2, bucket 3, so that row cannot be"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_log_is_refused_with_one_message(name: str, tmp_path: Path) -> None:
    text, message = BAD[name]
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        calibrate(path)
    assert str(error.value).startswith(f"{path}: ") and message in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_no_log_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"caf\xe9,date\n")
    (tmp_path / "null.csv").write_bytes(b"a\0b")
    with pytest.raises(InputError, match="not a text file"):
        read(tmp_path / "log.csv")
    with pytest.raises(InputError, match="binary"):
        read(tmp_path / "null.csv")
    with pytest.raises(InputError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(InputError, match=r'no such file; did you mean "log.csv"\?'):
        read(tmp_path / "lag.csv")


def test_arguments_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEAD + GOOD)
    for named, message in (
        ({"until": "soon"}, "--until"),
        ({"until": "2023-01-01"}, "no purchase lies on or before 2023-01-01"),
        ({"unit": "weak"}, 'did you mean "week"'),
        ({"setting": "contract"}, "--setting"),
        ({"kind": "transaction"}, 'did you mean "transactions"'),
        ({"kind": "policies"}, "policy and start and end missing"),
        ({"term": 0}, "--term"),
    ):
        with pytest.raises(InputError, match=message):
            calibrate(path, **named)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="both logs of transactions"):
        calibrate(path, path)


def test_a_log_is_read_as_it_is_commonly_written(tmp_path: Path) -> None:
    """Byte order mark, capitals, blanks, blank lines, quoted cells, times of day, more columns."""
    path = tmp_path / "log.csv"
    path.write_bytes(
        '\ufeffCustomer, Date ,items,AMOUNT\r\n"a", 2024-01-01 ,2,5\r\n\r\nb,20240103,1,"7.5"\r\na,2024-02-01T10:30:00,1,6\r\n'.encode()
    )
    log = read(path)
    assert log.kind == "transactions" and list(log.table.columns) == ["customer", "date", "amount"]
    assert [f"{day:%Y%m%d}" for day in log.table["date"]] == ["20240101", "20240103", "20240201"]
    assert list(log.table["amount"]) == [5.0, 7.5, 6.0]
