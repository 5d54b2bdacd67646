"""Names of the library: what they stand for, what they never reach, and files begun from them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim import library
from sim.design.problem import load as load_problem
from sim.library import begun
from sim.proofs.registered import load as load_hypothesis
from sim.sweeps.design_file import load as load_design
from tests.conftest import ROOT

Command = Callable[..., int]


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_checkout_is_the_one_source() -> None:
    assert library.folder() == ROOT / "scenarios"
    assert not (ROOT / "sim" / "scenarios").exists()


def test_names_are_safe_on_every_system() -> None:
    """Lower case, so that none differs by case only; no name that Windows keeps to itself; one file a name."""
    kept = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
    files = [path for path in (ROOT / "scenarios").rglob("*") if path.is_file() and path.name != "README.md"]
    for path in files:
        place = path.relative_to(ROOT / "scenarios")
        assert re.fullmatch(r"[a-z0-9][a-z0-9_/-]*(\.[a-z]+)", place.as_posix()), place
        assert not kept & {part.split(".")[0] for part in place.parts}, place
    assert len(library.names()) == sum(path.suffix in library.FILES for path in files)


def test_every_item_says_what_it_is() -> None:
    for item in library.items():
        assert item.title and item.kind in library.KINDS.values(), item
        assert item.about or item.kind in ("design", "hypothesis", "evidence", "validation"), item
        assert "\n" not in item.about and library.find(item.name) == item.path


def test_a_file_here_wins_and_an_ambiguity_is_told() -> None:
    assert library.file("signature-bonus") == ROOT / "scenarios" / "signature-bonus.toml"
    Path("signature-bonus.toml").write_text('title = "mine"\n')
    with pytest.raises(
        sim.InputError, match=r"signature-bonus\.toml is here; write signature-bonus\.toml or library:signature-bonus"
    ):
        sim.load("signature-bonus")
    assert sim.load("signature-bonus.toml").title == "mine"
    Path("baseline").write_text('title = "mine, too"\n')
    assert sim.load("baseline").title == "mine, too"
    assert sim.load("library:baseline").title == "Baseline"
    Path("salary-only").mkdir()
    assert sim.load("salary-only").title == "Salary only", "a folder is no scenario"


def test_a_last_part_that_several_have_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        library, "names", lambda: {"schemes/one": Path("a"), "designs/one": Path("b"), "validation/one": Path("c")}
    )
    with pytest.raises(sim.InputError, match="library:one: stands for schemes/one and designs/one; write one of them in full"):
        library.find("one")
    assert library.find("validation/one") == Path("c")


@pytest.mark.parametrize(
    "name",
    ["../README", "../scenarios/baseline", "/etc/passwd", "schemes/../baseline", "schemes", "", ".", "./baseline", "schemes\\accelerator",
     "baseline.csv", "data/README.md", "BASELINE"],
)  # fmt: skip
def test_only_names_that_are_listed_reach_a_file(name: str) -> None:
    with pytest.raises(sim.InputError, match="the library has no such name"):
        library.find(name)
    Path("mine.toml").write_text(f"extends = 'library:{name}'\n")
    with pytest.raises(sim.InputError, match=r"^mine\.toml: extends: library:.*the library has no such name"):
        sim.load("mine.toml")


@pytest.mark.parametrize(
    "asked, said",
    [
        ("signatur-bonus", 'signatur-bonus: there is no such file; did you mean "signature-bonus"?'),
        ("acelerator", 'did you mean "accelerator"?'),
        ("scenarios/signature-bonus.toml", 'there is no such file; did you mean "signature-bonus"?'),
        ("library:sallary-only", 'library:sallary-only: the library has no such name; did you mean "salary-only"?'),
    ],
)
def test_a_misspelt_name_meets_its_neighbour(asked: str, said: str) -> None:
    with pytest.raises(sim.InputError) as error:
        sim.load(asked)
    assert said in str(error.value)


def test_extends_points_to_the_library_where_a_file_is_missing() -> None:
    Path("mine.toml").write_text('extends = "baseline.toml"\n')
    with pytest.raises(sim.InputError, match='did you mean "library:baseline"'):
        sim.load("mine.toml")


def test_designs_problems_and_hypotheses_name_the_library() -> None:
    levels = ["library:signature-bonus", "library:schemes/accelerator"]
    Path("d.toml").write_text(
        f'title = "d"\nbase = "library:baseline"\n[[factors]]\nname = "plan"\npaths = ["scheme"]\nlevels = {levels}\n'
    )
    design = load_design("d.toml")
    assert list(design.points()["plan"]) == ["signature-bonus", "accelerator"]
    assert design.scenario(1).scheme == sim.load("accelerator").scheme
    with pytest.raises(sim.InputError, match=r"d\.toml: .*the library has no such name"):
        Path("d.toml").write_text('title = "d"\nbase = "library:basline"\n')
        load_design("d.toml")


@pytest.mark.parametrize("item", library.items(), ids=lambda item: item.name)
def test_whatever_is_begun_from_the_library_means_the_same(item: library.Item) -> None:
    file = f"mine{item.path.suffix}"
    Path(file).write_bytes(begun(item.path))
    if item.kind == "design":
        mine, theirs = load_design(file), load_design(item.path)
        assert mine.points().equals(theirs.points()) and mine.scenario(0) == theirs.scenario(0)
    elif item.kind == "problem":
        assert load_problem(file).model_dump() == load_problem(item.path).model_dump()
        assert load_problem(file).base_file == load_problem(item.name).base_file
    elif item.kind == "hypothesis":
        mine, theirs = load_hypothesis(file), load_hypothesis(item.path)
        assert (mine.worlds, mine.claims, mine.peaks, mine.rule) == (theirs.worlds, theirs.claims, theirs.peaks, theirs.rule)
    elif item.path.suffix == ".csv":
        assert Path(file).read_bytes() == item.path.read_bytes()
    elif item.kind in ("scenario", "scheme", "validation"):
        theirs = sim.load(item.path).canonical()
        assert sim.load(file).canonical() | {"title": theirs["title"]} == theirs
        text = Path(file).read_text(encoding="utf-8")
        said = text.partition("with the [heading] above it.\n#\n")[2]
        whole = re.sub(r"(?m)^# ?", "", said)
        Path(file).write_text(text.replace(said, whole), encoding="utf-8")
        assert sim.load(file).canonical() | {"title": theirs["title"]} == theirs, "with every mark taken away it says the same"


def test_new_writes_nothing_over(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("new", "a.toml", "--from", "library:baseline") == 0
    before = Path("a.toml").read_bytes()
    Path("link.toml").symlink_to("elsewhere.toml")
    for file in ("a.toml", "link.toml", "a.txt", "b", "none/a.toml", "library:a.toml"):
        assert command("new", file, "--from", "baseline") == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert Path("a.toml").read_bytes() == before and not Path("elsewhere.toml").exists()
    assert command("new", "c.toml", "--from", "baselin") == 2
    assert 'did you mean "baseline"?' in capsys.readouterr().err and not Path("c.toml").exists()


def test_a_problem_of_the_library_is_recorded_without_a_path_of_this_machine() -> None:
    for name in ("short-and-long-run", str(ROOT / "scenarios" / "problems" / "short-and-long-run.toml")):
        assert load_problem(name).base == "library:article-holds"
    Path("own.toml").write_text('extends = "library:baseline"\n')
    assert load_problem("short-and-long-run").with_base(Path("own.toml").absolute()).base == "own.toml"
    assert load_problem("short-and-long-run").with_base(Path("baseline")).base == "library:baseline"


def test_a_study_made_by_name_is_the_one_made_from_the_file() -> None:
    from sim.study.provenance import identity, record

    one, other = sim.load("signature-bonus"), sim.load(ROOT / "scenarios" / "signature-bonus.toml")
    first, second = (record([scenario], 1, 2, "compiled", False, None) for scenario in (one, other))
    assert identity(first) == identity(second) and first["names"] == ["signature-bonus"]
    assert str(ROOT) not in str({key: value for key, value in first.items() if key != "command"})


def test_completion_offers_names_and_files() -> None:
    from sim.cli.library import complete

    Path("sales.toml").touch()
    Path("sub").mkdir()
    Path("sub/deep.toml").touch()
    assert complete("sal") == ["sales.toml", "salary-only"]
    assert complete("library:sal") == ["library:salary-only"]
    assert complete("sub/") == ["sub/deep.toml"] and "sub/" in complete("") and "schemes/accelerator" in complete("sch")


@pytest.mark.parametrize(
    ("file", "source", "said"),
    [
        (".", "baseline", ".: expected the name of a file that ends in .toml, as in my-baseline.toml, got a folder"),
        ("no/where/x.toml", "baseline", "no/where/x.toml: there is no folder no/where; make it first"),
        ("x.csv", "baseline", 'x.csv: expected the name of a file that ends in .toml, as in my-baseline.toml, got "x.csv"'),
        ("", "baseline", "new: found an empty text"),
        ("x.toml", "", "--from: found an empty text"),
        ("x.toml", "n" * 5000, "--from: library:n"),
    ],
)
def test_new_says_what_it_cannot_write(
    file: str, source: str, said: str, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("new", file, "--from", source) == 2
    told = capsys.readouterr().err
    assert told.startswith(said) and len(told) < 600
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["baseline.toml", "accelerator.toml", "library:baseline", "schemes/accelerator"])
def test_a_name_with_its_suffix_stands_for_the_same_file(name: str, command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    full = "library:schemes/accelerator" if "accelerator" in name else "library:baseline"
    assert command("new", "mine.toml", "--from", name) == 0
    assert capsys.readouterr().out == f"mine.toml: begun from {full}\n"
    assert sim.load("mine.toml").content_hash() == sim.load(full).content_hash()


@pytest.mark.parametrize("base", ["a" * 5000, "a" * 5000 + ".toml", "a/" * 3000 + "a.toml", "library:" + "a" * 5000])
def test_a_message_about_a_long_base_begins_with_the_file_that_asks(base: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(f'extends = "{base}"\n')
    with pytest.raises(sim.InputError, match="^" + re.escape(f"{tmp_path / 'mine.toml'}: extends: ")) as error:
        sim.load(tmp_path / "mine.toml")
    assert len(str(error.value)) < 700
