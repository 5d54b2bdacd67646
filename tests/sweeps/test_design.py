"""Designs: their points are what the method promises, and every bad design is refused with one message."""

from __future__ import annotations

import gc
import re
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.files.csv_file import read_csv
from sim.scenario.path import get
from sim.sweeps import Design, Factor, load, points
from sim.sweeps import design as design_module
from sim.sweeps.design import telling
from tests.conftest import ROOT
from tests.study.worlds import OTHER, SMALL, TINY, TINY_FILE
from tests.sweeps.worlds import RATE, tiny_design

PAIR = (Factor("a", RATE, low=0.0, high=0.4), Factor("b", "market.success", low=0.1, high=0.9))


def test_a_grid_is_every_combination_the_last_factor_fastest() -> None:
    factors = [Factor("rate", RATE, levels=[0.1, 0.2]), Factor("reps", "reps.count", low=1, high=5, steps=3)]
    points = Design(TINY, factors, method="grid").points()
    assert points.to_dict("list") == {"point": [*range(6)], "rate": [0.1] * 3 + [0.2] * 3, "reps": [1, 3, 5] * 2}


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_factor() -> None:
    sample = points.latin_hypercube(50, 3, seed=4)
    assert (np.sort((sample * 50).astype(int), axis=0) == np.arange(50)[:, None]).all()
    assert not np.array_equal(sample, points.latin_hypercube(50, 3, seed=5))


def test_a_sobol_sequence_fills_the_cube_evenly() -> None:
    sample = points.sobol_sequence(64, 2, seed=1)
    cells = (sample * 8).astype(int)
    assert len({tuple(cell) for cell in cells}) == 64  # a (0, 6, 2)-net: one point in each elementary square
    assert np.array_equal(points.sobol_sequence(50, 2, seed=1), sample[:50])


@pytest.mark.parametrize("second_order", [True, False])
def test_saltelli_rows_are_those_of_salib(second_order: bool) -> None:
    sobol = import_module("SALib.sample.sobol")
    design = Design(TINY, PAIR, method="sobol", points=8, second_order=second_order, seed=3)
    theirs = sobol.sample(design.problem(), 8, calc_second_order=second_order, scramble=True, seed=3)
    np.testing.assert_allclose(design.coded(), theirs, rtol=1e-14)


def test_sobol_indices_of_a_planted_function_come_out_of_the_rows() -> None:
    """y = 3 a + b with a, b uniform on [0, 1]: first-order indices 9/10 and 1/10."""
    analyse = import_module("SALib.analyze.sobol").analyze
    factors = [Factor("a", low=0.0, high=1.0), Factor("b", low=0.0, high=1.0)]
    design = Design(factors=factors, method="sobol", points=1024)
    x = design.coded()
    found = analyse(design.problem(), 3 * x[:, 0] + x[:, 1], seed=1)
    assert found["S1"] == pytest.approx([0.9, 0.1], abs=0.01)


def test_a_morris_trajectory_moves_one_factor_at_a_time_and_every_factor_once() -> None:
    sample = points.morris(20, 3, seed=2).reshape(20, 4, 3)
    steps = np.diff(sample, axis=1)
    assert np.allclose(np.abs(steps).sum(axis=(1, 2)), 3 * 2 / 3)
    assert np.allclose(np.abs(steps).sum(axis=1), 2 / 3)
    assert set(np.unique(np.round(sample * 3, 9))) == {0.0, 1.0, 2.0, 3.0}


def test_elementary_effects_of_a_linear_function_are_its_slopes() -> None:
    analyse = import_module("SALib.analyze.morris").analyze
    factors = [Factor("a", low=0.0, high=1.0), Factor("b", low=0.0, high=1.0)]
    design = Design(factors=factors, method="morris", points=10)
    x = design.coded()
    found = analyse(design.problem(), x, 3 * x[:, 0] - x[:, 1], seed=1)
    np.testing.assert_allclose(found["mu"], [3.0, -1.0])
    np.testing.assert_allclose(found["sigma"], [0.0, 0.0], atol=1e-9)


def test_whole_parameters_get_whole_numbers_each_as_often() -> None:
    points = Design(TINY, [Factor("n", "reps.count", low=1, high=4)], points=40).points()
    assert points["n"].dtype == np.int64
    assert points["n"].value_counts().to_dict() == {1: 10, 2: 10, 3: 10, 4: 10}


def test_a_component_may_stand_in_one_of_the_schemes_only() -> None:
    quarterly = SMALL.with_(scheme={"components": [{"name": "bonus", "months": 3, "quota": 2.0, "bonus": 100.0}]})
    schemes = Factor("scheme", "scheme", levels={"small": SMALL, "quarterly": quarterly})
    months = Factor("months", "scheme.components[bonus].months", low=1, high=6)
    design = Design(TINY, [schemes, months], points=6)
    assert sorted(design.points()["months"]) == [1, 2, 3, 4, 5, 6]
    assert design.points()["months"].dtype == np.int64


def test_a_logarithmic_factor_is_even_in_the_logarithm() -> None:
    design = Design(TINY, [Factor("leads", "market.leads_per_month", low=1.0, high=100.0, log=True)], points=100)
    assert (design.points()["leads"] < 10.0).sum() == 50
    assert design.problem()["bounds"] == [[0.0, 2.0]]
    assert np.allclose(10 ** design.coded()[:, 0], design.points()["leads"])


def test_several_paths_take_the_same_value_and_a_scale_multiplies_what_is_there() -> None:
    both = Factor("both", paths=["market.success", "market.referred_success"], levels=[0.5])
    scaled = Factor("scaled", paths=["reps.salary", "customers.at_start"], levels=[0.5, 2.0], scale=True)
    scenario = Design(TINY, [both, scaled], method="grid").scenario(1)
    assert (scenario.market.success, scenario.market.referred_success) == (0.5, 0.5)
    assert (scenario.reps.salary, scenario.customers.at_start) == (2 * TINY.reps.salary, 2 * TINY.customers.at_start)


def test_whole_schemes_and_scenarios_are_levels(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    (tmp_path / "other.toml").write_text('extends = "tiny.toml"\nmonths = 7\nscheme = { components = [] }\n')
    (tmp_path / "d.toml").write_text(
        'base = "tiny.toml"\n[[factors]]\npath = "scheme"\nlevels = ["tiny.toml", "other.toml"]\n'
        '[[factors]]\nname = "world"\npath = "reps"\n[factors.levels]\nfew = { count = 1 }\nmany = { count = 5 }\n'
    )
    design = load(tmp_path / "d.toml")
    assert design.points()["scheme"].tolist() == ["tiny", "tiny", "other", "other"]
    assert [len(design.scenario(k).scheme.components) for k in range(4)] == [1, 1, 0, 0]
    assert [design.scenario(k).reps.count for k in range(4)] == [1, 5, 1, 5]
    assert design.scenario(3).months == 3  # the scheme of the other file, and no more
    whole = Factor("file", "scenario", levels={"small": SMALL, "none": OTHER})
    rate = Factor("rate", "scheme.components[commission].rate", levels=[0.3])
    made = Design(TINY, [whole, rate], method="grid")
    assert made.scenario(0).months == 14
    assert made.scenario(0).scheme.components[0].rate == 0.3
    with pytest.raises(sim.InputError, match=re.escape("the list has no single [commission]")):
        made.scenario(1)  # the component is in one of the schemes only: a failing point, not a bad design


def test_a_crossed_factor_meets_every_point_of_the_sample() -> None:
    scheme = Factor("scheme", "scheme", levels={"small": SMALL, "none": OTHER}, crossed=True)
    design = Design(TINY, [scheme, *PAIR[1:]], method="sobol", points=4)
    points = design.points()
    for level in ("small", "none"):
        mine = (points["scheme"] == level).to_numpy()
        np.testing.assert_array_equal(design.coded()[mine], Design(TINY, PAIR[1:], method="sobol", points=4).coded())
    assert design.problem()["names"] == ["b"]


def test_a_table_gives_the_points(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("point,b,scheme\n7,0.5,none\n8,0.25,small\n")
    factors = [Factor("scheme", "scheme", levels={"small": SMALL, "none": OTHER}), Factor("b", "market.success")]
    design = Design(TINY, factors, method="table", table="p.csv", folder=tmp_path)
    assert design.points().to_dict("list") == {"point": [0, 1], "scheme": ["none", "small"], "b": [0.5, 0.25]}
    assert get(design.scenario(0), "market.success") == 0.5
    frame = pd.DataFrame({"scheme": ["none"], "b": [0.1]})
    assert len(Design(TINY, factors, method="table", table=frame)) == 1


def test_the_designs_of_the_library_can_be_read() -> None:
    files = sorted((ROOT / "scenarios" / "designs").glob("*.toml"))
    assert files
    for file in files:
        design = load(file)
        assert design.title
        assert all(design.scenario(point) for point in range(0, len(design), max(1, len(design) // 20)))


BAD = {
    "": 'base: expected the scenario file that every point starts from, as in base = "baseline.toml", got none',
    'base = "tinny.toml"': 'there is no such file; did you mean "tiny.toml"?',
    'base = "tiny.toml"': "factors: found none; a design needs at least one [[factors]]",
    'base = "tiny.toml"\nrun = 3': 'unknown key "run"; did you mean "runs"?',
    'base = "tiny.toml"\nruns = 0': "runs: found 0, allowed is a whole number, 1 to 2147483647",
    'base = "tiny.toml"\nruns = 2147483648': "runs: found 2147483648, allowed is a whole number, 1 to 2147483647",
    'base = "tiny.toml"\nruns = true': "runs: found true, allowed is a whole number",
    'base = "tiny.toml"\nmethod = "lsh"': 'method: found "lsh", allowed is one of grid, lhs, sobol_sequence, sobol, morris, table, '
    'list; did you mean "lhs"?',
    'base = "tiny.toml"\nmethod = "lhs"': 'points: found none; say how many the method "lhs" is to make',
    'base = "tiny.toml"\npoints = 3': 'points: found 3, but method "grid" makes its own number; leave points out',
    'base = "tiny.toml"\nmethod = "sobol"\npoints = 100': "points: found 100, allowed for sobol is a power of 2, such as 64 or 128",
    'base = "tiny.toml"\nmethod = "table"': 'table: found none; method "table" needs the points',
    'base = "tiny.toml"\noutcomes = ["npw"]': 'outcomes: found "npw"; did you mean "npv"?',
    "F": 'factors[0].pth: unknown key "pth"; did you mean "path"?|pth = "months"',
    "F1": 'factor "months": found low = 5 and high = 5; low must be below high|path = "months"\nlow = 5\nhigh = 5',
    "F2": 'factor "market.success": found log with low = 0.0; a logarithm needs low above 0|path = "market.success"\nlow = 0.0\n'
    "high = 1.0\nlog = true",
    "F3": 'factor "market.sucess": found "market.sucess", but there is no sucess; did you mean "success"?'
    '|path = "market.sucess"\nlevels = [0.1]',
    "F4": 'factor "market.success": market.success: found 1.5, allowed is at most 1|path = "market.success"\nlow = 0.5\nhigh = 1.5\n'
    "steps = 3",
    "F5": 'factor "scheme": scheme: found "signature", allowed is a table of parameters|path = "scheme"\nlevels = ["signature"]',
    "F6": 'smaal.toml: there is no such file; did you mean "small.toml"?|path = "scheme"\nlevels = ["smaal.toml"]',
    "F7": 'factors: found the name "months" twice; give one of them another name|path = "months"\nlevels = [1]\n[[factors]]\n'
    'name = "months"\npath = "reps.count"\nlevels = [1]',
    "F8": 'factor "b": sets months, which factor "a" sets too|name = "a"\npath = "months"\nlevels = [1]\n[[factors]]\nname = "b"\n'
    'path = "months"\nlevels = [1]',
    "F9": 'factor "scheme": would undo factor "a"; let it stand before that one|name = "a"\npath = "scheme.components[0].rate"\n'
    'levels = [0.1]\n[[factors]]\npath = "scheme"\nlevels = ["small.toml"]',
    "F10": "points: the design has 1,001,000, allowed are at most 1,000,000|path = 'market.success'\nlow = 0.0\nhigh = 1.0\n"
    "steps = 1001\n[[factors]]\npath = 'reps.salary'\nlow = 0.0\nhigh = 1.0\nsteps = 1000",
    "F10b": "steps: found 1000001, allowed is a whole number, 2 to 1,000,000|path = 'market.success'\nlow = 0.0\nhigh = 1.0\n"
    "steps = 1000001",
    "F11": 'factor "scheme": levels: found a table without a label; write them as a table: label = { … }|path = "scheme"\n'
    "levels = [{ components = [] }]",
    "F12": 'factor "point": this name is a column of the results; choose another|name = "point"\npath = "months"\nlevels = [1]',
    "F13": 'factor "months": a grid needs levels, or steps = the number of values between low and high|path = "months"\nlow = 1\n'
    "high = 2",
    "F14": 'factor "scheme": scheme is no number; allowed are levels|path = "scheme"\nlow = 1\nhigh = 2',
    "F15": 'factor "scenario": levels: allowed for the path scenario are scenario files (.toml)|path = "scenario"\nlevels = ["small"]',
    "F16": "factor \"months\": low: found \"1\", allowed is a number|path = 'months'\nlow = '1'\nhigh = 2",
    "F17": "factor \"months\": levels: found 3 twice|path = 'months'\nlevels = [3, 3]",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_design_is_refused_with_one_message(text: str, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY_FILE)
    (tmp_path / "small.toml").write_text(TINY_FILE)
    expected, _, factor = BAD[text].partition("|")
    (tmp_path / "design.toml").write_text(f'base = "tiny.toml"\n[[factors]]\n{factor}' if factor else text)
    with pytest.raises(sim.InputError) as refused:
        len(load(tmp_path / "design.toml"))
    message = str(refused.value)
    assert expected in message
    assert "\n" not in message
    assert message.startswith(str(tmp_path / "design.toml"))


def test_a_bad_table_is_refused_with_row_and_column(tmp_path: Path) -> None:
    factors = [
        Factor("scheme", "scheme", levels={"small": SMALL, "none": OTHER}),
        Factor("b", "market.success", low=0.0, high=0.5),
    ]
    for rows, expected in (
        (
            [{"scheme": "smal", "b": 0.1}],
            'table: row 1, scheme: found "smal", allowed is one of small, none; did you mean "small"?',
        ),
        ([{"scheme": "small", "b": 0.1}, {"scheme": "small", "b": 0.6}], "table: row 2, b: found 0.6, allowed is 0.0 to 0.5"),
        ([{"scheme": "small"}], 'table: has no column "b"'),
        ([{"scheme": "small", "b": 0.1, "c": 1}], 'table: found column "c", which is no factor'),
        ([{"scheme": "small", "b": None}], "table: row 1, b: found nothing, allowed is a value"),
        ([], "table: has no "),
        ("gone.csv", "gone.csv: there is no such file; a table of points is a CSV file with a column per factor"),
    ):
        with pytest.raises(sim.InputError, match=re.escape(expected)):
            len(Design(TINY, factors, method="list", table=rows, folder=tmp_path))


def test_the_design_can_be_made_again_from_what_the_sweep_records(tmp_path: Path) -> None:
    scheme = Factor("scheme", "scheme", levels={"small": SMALL, "none": OTHER}, crossed=True)
    tiny = tiny_design()
    design = Design(TINY, [scheme, *tiny.factors[1:]], points=4, runs=1, title="T", outcomes=["npv"])
    sim.sweep(design, tmp_path / "s", workers=1)
    again = sim.open(tmp_path / "s").design
    pd.testing.assert_frame_equal(again.points(), design.points())
    assert again.problem() == design.problem()
    assert [again.scenario(k).content_hash() for k in range(8)] == [design.scenario(k).content_hash() for k in range(8)]
    assert (again.title, again.outcomes, again.method, again.runs) == ("T", ("npv",), "lhs", 1)


def test_levels_of_any_kind_are_found_again(tmp_path: Path) -> None:
    factors = [
        Factor("fraction", "market.success", levels=[0, 0.5, 1]),
        Factor("broke", "reps.quit_broke", levels=[True, False]),
        Factor("absent", "reps.absent", levels=[[], [0]]),
        Factor("rule", "reps.choice.rule", levels=["logit", "fixed"]),
    ]
    design = Design(TINY, factors, points=4, runs=1)
    sim.sweep(design, tmp_path / "s", workers=1)
    again = sim.open(tmp_path / "s").design
    assert list(again.rows()) == list(design.rows())
    assert [again.scenario(k).content_hash() for k in range(4)] == [design.scenario(k).content_hash() for k in range(4)]


def test_a_value_in_a_table_that_can_never_be_right_is_refused_with_its_row(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("reps.salary,label\n1000,x\n1200,y\nabc,x\n", encoding="utf-8")
    free = Factor(path="reps.salary")
    label = Factor("label", "title", levels=["x", "y"])
    with pytest.raises(InputError, match=r'p\.csv: row 4: reps\.salary: found "abc", allowed is a number'):
        Design(TINY, [free, label], method="table", table="p.csv", folder=tmp_path)
    for salaries, said in (
        ([1000.0, -1.0], "row 2: reps.salary: found -1.0, allowed is at least 0"),
        ([1.0, True], "found True"),
    ):
        with pytest.raises(InputError) as error:
            Design(TINY, [free], method="list", table=[{"reps.salary": one} for one in salaries])
        assert said.lower() in str(error.value).lower()
    assert len(Design(TINY, [free], method="list", table=[{"reps.salary": 1000.0}, {"reps.salary": 0}])) == 2


def test_what_is_wrong_beside_others_only_is_left_to_its_point() -> None:
    """A seat that there is not is wrong for two reps and right for nine."""
    factors = [Factor("reps", "reps.count", levels=[2, 9]), Factor(path="market.success")]
    table = [{"reps": 2, "market.success": 0.1}, {"reps": 9, "market.success": 0.2}]
    assert len(Design(TINY, factors, method="table", table=table)) == 2


@pytest.mark.parametrize("name", ["npv", "profit_year_7", "signings"])
def test_a_factor_is_not_called_like_an_outcome(name: str) -> None:
    with pytest.raises(InputError, match=f'factor "{name}": this is the name of an outcome'):
        Design(TINY, [Factor(name, "market.success", low=0.1, high=0.9)], method="lhs", points=4)


def test_levels_in_different_currencies_are_refused() -> None:
    dollars = TINY.with_(currency="USD")
    schemes = Factor("scheme", "scheme", levels={"ours": TINY, "theirs": dollars})
    with pytest.raises(InputError, match='found EUR in the base and level "ours" of factor "scheme", USD in level "theirs"'):
        Design(TINY, [schemes], method="grid")
    for factor in (
        Factor("all", "scenario", levels={"ours": TINY, "theirs": dollars}),
        Factor("all", "currency", levels=["EUR", "USD"]),
    ):
        with pytest.raises(
            InputError, match=r'currency: found EUR in level ".*" of factor "all", USD in level ".*" of factor "all"'
        ):
            Design(TINY, [factor], method="grid")
    with pytest.raises(InputError, match='EUR in level "EUR" of factor "all", USD in level "USD"'):
        Design(TINY, [Factor("all", "currency")], method="list", table=[{"all": "EUR"}, {"all": "USD"}])
    assert (
        len(Design(TINY, [Factor("all", "scenario", levels={"theirs": dollars})], method="grid")) == 1
    )  # the base plays no part


@pytest.mark.parametrize("wrong", [5, [5], "reps.count"])
def test_what_are_no_factors_is_told(wrong: Any) -> None:
    with pytest.raises(InputError, match=r"factors: found .*, allowed is a list of sim\.Factor"):
        Design(TINY, wrong, points=2)


def test_a_scenario_given_for_a_design_is_called_one() -> None:
    with pytest.raises(InputError, match="expected a design, got a scenario"):
        load("signature-bonus")


def wide_table(columns: int) -> Path:
    path = Path(tempfile.gettempdir()) / f"wide-{columns}.csv"
    path.write_text("\n".join(",".join(f"{kind}{k}" for k in range(columns)) for kind in ("name", "")))
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "many",
    [
        lambda n: len(Design(None, [Factor(f"f{k}", low=0, high=1, paths=[f"a.b{k}", f"a.b{k}c"]) for k in range(n)], points=1)),
        lambda n: Design(None, [Factor("f", low=0, high=1, paths=[f"a.b{k}" for k in range(n)])], points=1),
        lambda n: Factor("f", levels=[f"level {k}" for k in range(5 * n)]),
        lambda n: read_csv(wide_table(5 * n), "a table", "a,b"),
    ],
    ids=["factors", "paths", "levels", "columns"],
)
def test_the_time_it_takes_to_look_at_a_design_goes_with_its_size(many: Callable[[int], Any]) -> None:
    """Sixteen times as many take some sixteen times as long, and not two hundred and fifty-six."""

    def seconds(n: int) -> float:
        gc.collect()  # so that the garbage of other tests is not swept while the clock runs
        start = time.process_time()
        many(n)
        return time.process_time() - start

    assert min(seconds(3200) for _ in range(3)) < 64 * max(min(seconds(200) for _ in range(3)), 1e-3)


def test_of_numbers_only_those_that_tell_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a million levels four are: the lowest and the highest, whole and not; what is no finite number is tried too."""
    assert telling([3, 1.5, 2, 0.5, 9, True, "x", float("nan"), 7.5]) == [2, 3, 4, 5, 6, 7, 8]
    tried: list[Any] = []
    make = design_module.make_scenario
    monkeypatch.setattr(design_module, "make_scenario", lambda *given: (tried.append(given), make(*given))[1])
    assert len(Design(TINY, [Factor("pay", "reps.salary", levels=list(range(5000)))], "grid")) == 5000 and len(tried) == 2
    for wrong in (float("nan"), -1.0, 6.5):
        with pytest.raises(sim.InputError, match=r"reps.count: found"):
            Design(TINY, [Factor("seats", "reps.count", levels=[1, 2, wrong, 3])], "grid")
