"""What a log says: each model fitted to it, with goodness of fit and the scenario fragment; as plain text and as JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim.calibrate import bgnbd, checks, nbd, one_probability, sbg, spend, tracking
from sim.calibrate.checks import Check
from sim.calibrate.fragment import Fragment, rounded, stochastic
from sim.calibrate.histories import DAYS, Histories
from sim.calibrate.likelihood import Maximum
from sim.calibrate.policies import Renewals
from sim.calibrate.transitions import Transitions, bucket_name, column_names
from sim.number_text import finite
from sim.scenario.parameters import Resolution
from sim.texts import columns_of, left, right

Setting = Literal["contractual", "non_contractual"]
SAME = 1e4  # shapes with which a scenario says one price: a standard deviation of 1.4%
HEADINGS = {
    "parameter": "", "unit": "unit", "estimate": "estimate", "se": "std. error", "wald_low": "95% from", "wald_high": "to",
    "profile_low": "95% from (profile)", "profile_high": "to", "count": "count",
}  # fmt: skip
MOST = 12  # rows of a check that are printed


@dataclass(frozen=True)
class FittedModel:
    """A model fitted to a log.

    Attributes
    ----------
    model : its name and source.
    data : what it was fitted to, in words.
    table : a row per parameter: estimate, standard error, 95% intervals (Wald on the log scale; profile likelihood).
    checks : goodness of fit.
    notes : what a reader should know.
    fragment : the parameters as a scenario takes them.
    maximum : the likelihood at its maximum, where it was maximised numerically.
    tracking : purchases by week (or month) of the log, observed and expected.
    """

    model: str
    data: str
    table: pd.DataFrame
    checks: tuple[Check, ...]
    fragment: Fragment
    notes: tuple[str, ...] = ()
    maximum: Maximum | None = None
    tracking: pd.DataFrame | None = None

    def __str__(self) -> str:
        """Model, data, parameters, fit and notes as text."""
        return text(self)


def purchases(h: Histories, setting: Setting = "non_contractual", source: str = "log") -> FittedModel:
    """Repeat purchases, and without a contract dropout: BG/NBD, or NBD under a contract."""
    silent = setting == "non_contractual"
    without = nbd.fit(h)
    top = bgnbd.fit(h) if silent else without
    law: Any = bgnbd if silent else nbd
    same = _alike(top, one_probability.fit_purchases(h), ("a", "b")) if silent else None
    known = same or top
    curve = (one_probability if same else law).expected_purchases
    at_dropout = (known["r"], known["alpha"], *one_probability.as_beta(same)) if same else tuple(top.theta)
    check = checks.frequencies(h.x, law.counts(h.age, checks.MOST - 1, *at_dropout), known.theta.size)
    expected = float(curve(h.age, *known.theta).sum())
    notes = _one_for_all(top, same, "dropout") if same else _unidentified(top)
    if silent:
        gain = 2 * (top.log_likelihood - without.log_likelihood)
        notes += (
            f"without dropout (NBD): log-likelihood {without.log_likelihood:,.3f}, AIC {without.aic:,.1f}; 2 log LR = {gain:,.1f}",
        )
    tracked = tracking.track(h, lambda t: curve(t, *known.theta))
    notes += _tracking(tracked, h.unit)
    month = DAYS[h.unit] / DAYS["month"]  # months in a unit of the histories
    data = _period(h)
    values: dict[str, Any] = {
        "customers.setting": setting,
        "customers.purchase.enabled": True,
        "customers.purchase.shape": rounded(known["r"]),
        "customers.purchase.alpha": rounded(known["alpha"] * month),
        "customers.purchase.satisfaction": 0.0,
        "customers.purchase.visit": 0.0,
    }
    name = "BG/NBD" if silent else "NBD"
    in_months = "" if h.unit == "month" else f" {h.units}, here in months of 52 / 12 weeks"
    sources = {
        "customers.purchase": f"{name} by maximum likelihood, {source}: {data}; {_plus_minus(known, 'r')}, {_plus_minus(known, 'alpha')}"
        f"{in_months}; satisfaction and visit are 0 since the log does not tell them apart from the rate"
    }
    if silent:
        beta, said = _beta(top, same, "dropout")
        values |= {f"customers.lapse.{name}": value for name, value in beta.items()}
        sources["customers.lapse"] = (
            f"dropout after a repeat purchase, BG/NBD by maximum likelihood, {source}: {data}; {said}; "
            "satisfaction and tie are 0 since the log does not show them"
        )
    title = "BG/NBD: purchases and dropout (Fader, Hardie & Lee 2005)" if silent else "NBD: purchases (Ehrenberg 1959)"
    return FittedModel(title, f"{data}; {h.x.sum():,.0f} repeat purchases, expected {expected:,.1f}; unit: {h.unit}",
                    table(top, same, "mean dropout"), (check,), _fragment(known, values, sources), notes, top, tracked)  # fmt: skip


def amounts(h: Histories, money: str = "money", source: str = "log") -> list[FittedModel]:
    """Amounts of repeat purchases (gamma-gamma) and of the first one (gamma); empty where the log has none."""
    made = []
    again, first = h.paid > 0, h.first[h.first > 0]
    x, mean = h.paid[again], h.mean[again]
    if one_price(mean):
        values = {"customers.spend.p": SAME, "customers.spend.q": SAME, "customers.spend.v": rounded(mean[0] * (SAME - 1) / SAME)}
        made.append(
            _priced("amounts of repeat purchases", ("customers.spend",), float(mean[0]), int(x.sum()), values, money, source)
        )
    elif x.size >= 2 and np.any(x > 1):
        top = spend.fit_gamma_gamma(x, mean, money)
        p, q, v = top.theta
        check = checks.uniformity(
            "mean amount of a customer, in cells of equal probability", spend.gamma_gamma_ranks(x, mean, p, q, v), 3
        )
        notes = _unidentified(top)
        related = float(np.corrcoef(x, mean)[0, 1]) if np.ptp(x) > 0 else 0.0
        notes += (f"correlation of number and mean amount between customers: {related:.3f} (the model has 0)",)
        values = {f"customers.spend.{name}": rounded(top[name]) for name in top.names} if q > 1 else {}
        if q > 1:
            notes += (f"mean amount of a purchase p v / (q - 1) = {p * v / (q - 1):,.2f}",)
        else:
            notes += ("q is not above 1: the mean amount does not exist, and the fragment leaves spend out",)
        text = f"gamma-gamma by maximum likelihood, {source}: {x.size:,} customers with repeat purchases; " + ", ".join(
            _plus_minus(top, name) for name in top.names
        )
        made.append(FittedModel("gamma-gamma: amounts of repeat purchases (Fader & Hardie 2013)", f"{x.size:,} customers, {x.sum():,.0f} purchases",
                             table(top), (check,), _fragment(top, values, {"customers.spend": text} if values else {}), notes, top))  # fmt: skip
    elif np.isfinite(h.first).any():
        why = (
            "the log has no amounts above 0 of repeat purchases"
            if x.size == 0
            else (
                "the log has amounts of one customer only" if x.size == 1 else "no customer has amounts of two repeat purchases"
            )
        )
        made.append(_untold("gamma-gamma: amounts of repeat purchases (Fader & Hardie 2013)", why, "customers.spend"))
    if one_price(first):
        values = {"customers.initial": rounded(first[0]), "customers.initial_shape": SAME}
        made.append(_priced("amount of the first purchase", tuple(values), float(first[0]), first.size, values, money, source))
    elif first.size >= 2:
        top = spend.fit_gamma(first, money)
        check = checks.uniformity(
            "amount of the first purchase, in cells of equal probability", spend.gamma_ranks(first, *top.theta), 2
        )
        none = int((h.first == 0).sum())
        notes = _unidentified(top) + ((f"{none:,} first purchases of nothing were left out",) if none else ())
        values = {"customers.initial": rounded(top["mean"]), "customers.initial_shape": rounded(top["shape"])}
        text = f"gamma by maximum likelihood, {source}: {first.size:,} first purchases; "
        sources = {
            "customers.initial": text + _plus_minus(top, "mean"),
            "customers.initial_shape": text + _plus_minus(top, "shape"),
        }
        made.append(FittedModel("gamma: amount of the first purchase", f"{first.size:,} customers", table(top), (check,),
                             _fragment(top, values, sources), notes, top))  # fmt: skip
    elif np.isfinite(h.first).any():
        why = "the log has no amount above 0 of a first purchase"
        made.append(_untold("gamma: amount of the first purchase", why, "customers.initial and customers.initial_shape"))
    return made


def one_price(amounts: np.ndarray) -> bool:
    """Whether all amounts are the same, to what rounding of means leaves."""
    return amounts.size > 0 and bool(np.ptp(amounts) <= 1e-9 * amounts[0])


def _priced(
    what: str, paths: tuple[str, ...], price: float, number: int, values: dict[str, float], money: str, source: str
) -> FittedModel:
    """One price for all: what is kept of it."""
    row = dict.fromkeys(("se", "wald_low", "wald_high", "profile_low", "profile_high"), np.nan)
    told = pd.DataFrame([{"parameter": "price", "unit": money, "estimate": price, **row}])
    text = f"{source}: all {number:,} cost {price:,.6g}; shapes of {SAME:,.0f} say so, with a standard deviation of at most 1.4%"
    note = f"all {number:,} cost the same, {price:,.6g}: no law is estimated, and the fragment says that price"
    return FittedModel(
        f"one price: {what}", f"{number:,} purchases", told, (), Fragment(values, dict.fromkeys(paths, text)), (note,)
    )


def _untold(model: str, why: str, paths: str) -> FittedModel:
    """Amounts of which the log does not tell enough, which is said."""
    note = f"{why}: no law is estimated, and the fragment leaves {paths} as the scenario it extends has it"
    return FittedModel(model, "too little to estimate from", pd.DataFrame(), (), Fragment({}), (note,))


def lapse(renewals: Renewals, source: str = "log") -> FittedModel:
    """Lapse at renewals: the shifted beta-geometric."""
    top = sbg.fit(renewals.lost, renewals.kept)
    at_risk = renewals.at_risk
    t = np.arange(1.0, renewals.lost.size + 1)
    same = _alike(top, one_probability.fit_renewals(renewals.lost, renewals.kept), ("alpha", "beta"))
    hazard = np.full(t.size, one_probability.probability(same)) if same else 1.0 - sbg.retention(t, *top.theta)
    check = checks.hazards(renewals.lost, at_risk, hazard, (same or top).theta.size)
    data = (
        f"{int(renewals.lost.sum() + renewals.kept.sum()):,} contracts, {int(renewals.lost.sum()):,} lapses at {t.size} renewals"
    )
    notes = _one_for_all(top, same, "lapse") if same else _unidentified(top)
    if renewals.midterm:
        notes += (
            f"{renewals.midterm:,} contracts ended more than a month from a renewal; they count at the renewal of their term",
        )
    values: dict[str, Any] = {"customers.setting": "contractual", "customers.renewal_months": renewals.term}
    beta, said = _beta(top, same, "lapse")
    values |= {f"customers.lapse.{name}": value for name, value in beta.items()}
    values["customers.lapse.midterm"] = 0.0
    text = (
        f"shifted beta-geometric by maximum likelihood, {source}: {data}; {said}; "
        "satisfaction and tie are 0 since the log does not show them, midterm since all lapses count at renewals"
    )
    return FittedModel("shifted beta-geometric: lapse at renewals (Fader & Hardie 2007)", f"{data}; term {renewals.term} months",
                    table(top, same, "mean lapse"), (check,), _fragment(same or top, values, {"customers.lapse": text}), notes, top)  # fmt: skip


def payment(found: Transitions, source: str = "log") -> FittedModel:
    """Payment transitions of a month."""
    ends, errors, probabilities = found.intervals(), found.standard_errors, found.matrix
    rows = [
        {"parameter": f"{bucket_name(k)} -> {name}", "unit": "per month", "estimate": probabilities[k, j], "se": errors[k, j],
         "profile_low": ends[k, j, 0], "profile_high": ends[k, j, 1], "count": found.counts[k, j]}
        for k in range(len(probabilities)) for j, name in enumerate(column_names(len(probabilities)))
        if found.weights[k, j] > 0
    ]  # fmt: skip
    number = int(found.counts.sum())
    smooth = f", Dirichlet smoothing {found.smoothing:g}" if found.smoothing else ""
    paid = ", ".join(
        f"{bucket_name(k)} {p:.3f} ± {e:.3f}" for k, (p, e) in enumerate(zip(probabilities[:, 0], errors[:, 0], strict=True))
    )
    values: dict[str, Any] = {
        "customers.payment.transitions": stochastic(probabilities),
        "customers.payment.spread": 0.0,
        "customers.payment.dissatisfied": 0.0,
        "customers.payment.fit": 0.0,
    }
    sources = {}
    if len(probabilities) <= Resolution().bucket:  # else the default would name a bucket that there is not
        values["firm.resolution.bucket"] = len(probabilities) - 1
        sources["firm.resolution.bucket"] = "the last of the buckets estimated"
    text = (
        f"multinomial maximum likelihood{smooth}, {source}: {number:,} monthly transitions; paid from {paid}; "
        "spread, dissatisfied and fit are 0 since the matrix is that of all customers together"
    )
    return FittedModel("Markov chain of payment (Cyert, Davidson & Thompson 1962)", f"{number:,} monthly transitions{smooth}", pd.DataFrame(rows),
                    (found.stationarity(),), Fragment(values, {"customers.payment": text, **sources}))  # fmt: skip


def table(top: Maximum, same: Maximum | None = None, mean: str = "") -> pd.DataFrame:
    """A row per parameter: estimate, standard error, intervals; of what is not identified the profile interval alone.

    Where one probability for all customers, `same`, is what the log says, its row is called `mean`, and the other
    parameters that it has in common with `top` are those estimated with it.
    """
    wald = top.wald()
    made = pd.DataFrame(
        {
            "parameter": top.names, "unit": top.units, "estimate": top.theta, "se": top.standard_errors,
            "wald_low": wald[:, 0], "wald_high": wald[:, 1], "profile_low": top.ends[:, 0], "profile_high": top.ends[:, 1],
        }
    )  # fmt: skip
    made.loc[made["parameter"].isin(top.open), ["estimate", "se", "wald_low", "wald_high"]] = np.nan
    if same is None:
        return made
    known = table(same)
    rows = [known[known["parameter"] != one_probability.ODDS], pd.DataFrame([one_probability.probability_row(same, mean)])]
    return pd.concat([*rows, made[~made["parameter"].isin(same.names)]], ignore_index=True)


def _alike(top: Maximum, same: Maximum, names: tuple[str, str]) -> Maximum | None:
    """The fit of one probability for all customers, where the log tells no more."""
    return same if one_probability.indistinguishable(top, same, names) else None


def _beta(top: Maximum, same: Maximum | None, event: str) -> tuple[dict[str, float], str]:
    """The beta over lapse or dropout, and nothing that moves it; and what was estimated, in words."""
    if same is None:
        a, b = top.names[-2:]
        alpha, beta, said = top[a], top[b], f"{_plus_minus(top, a)}, {_plus_minus(top, b)}"
    else:
        p, error = one_probability.probability(same), one_probability.probability_row(same, event)["se"]
        alpha, beta = one_probability.as_beta(same)
        said = (
            f"probability of {event} {p:.4g} ± {error:.2g}, the same for all, since differences between customers are not "
            f"distinguishable from none: alpha + beta = {one_probability.SUM:,.0f} says so"
        )
    return {"alpha": rounded(alpha), "beta": rounded(beta), "satisfaction": 0.0, "tie": 0.0}, said


def _one_for_all(top: Maximum, same: Maximum, event: str) -> tuple[str, ...]:
    """What is said where one probability for all customers is what the log says."""
    a, b = top.names[-2:]
    row, gain = one_probability.probability_row(same, event), 2 * (top.log_likelihood - same.log_likelihood)
    return (
        f"{a} and {b} are not identified: differences between customers in {event} are not distinguishable from none "
        f"(2 log LR = {max(gain, 0.0):.2f}, below 3.84, against one probability for all)",
        f"identified is the mean probability of {event}, {row['estimate']:.4g} ± {row['se']:.2g} (95% {row['profile_low']:.4g} to "
        f"{row['profile_high']:.4g}); the fragment gives it to all customers, as alpha + beta = {one_probability.SUM:,.0f}",
    )


def _tracking(tracked: pd.DataFrame, unit: str) -> tuple[str, ...]:
    """How far the cumulated purchases are from the expected ones, in the second half of the log and at its end."""
    later = tracked.iloc[len(tracked) // 2 :]
    later = later[later["cumulated_observed"] > 0]
    if later.empty:
        return ()
    off = later["cumulated_expected"] / later["cumulated_observed"] - 1
    return (
        f"tracking: cumulated purchases expected by {unit} are off by {100 * off.abs().mean():.1f}% on average over the second half of "
        f"the log, by {100 * off.iloc[-1]:+.1f}% at its end",
    )


def _known(top: Maximum) -> bool:
    return bool(np.isfinite(top.standard_errors).all()) and not top.open


def _fragment(top: Maximum, values: dict[str, Any], sources: dict[str, str]) -> Fragment:
    """The values, if the log identifies them."""
    return Fragment(values, sources) if _known(top) else Fragment({})


def _unidentified(top: Maximum) -> tuple[str, ...]:
    if _known(top):
        return ()
    names = " and ".join(top.open) or "all parameters"
    return (
        f"the log does not identify {names}: the interval has no bound that means anything, and the fragment leaves this law out",
    )


def _plus_minus(top: Maximum, name: str) -> str:
    k = top.names.index(name)
    return f"{name} = {top.theta[k]:.4g} ± {top.standard_errors[k]:.2g}"


def _period(h: Histories) -> str:
    return f"{h.x.size:,} customers, {h.since:%Y-%m-%d} to {h.until:%Y-%m-%d}"


def text(estimate: FittedModel) -> str:
    """Model, data, parameters, fit and notes, a block each."""
    lines = [estimate.model, f"  {estimate.data}"]
    if estimate.maximum is not None:
        lines.append(f"  log-likelihood {estimate.maximum.log_likelihood:,.3f}, AIC {estimate.maximum.aic:,.1f}")
    lines += ["", *_aligned(estimate.table.rename(columns=HEADINGS))]
    for check in estimate.checks:
        lines += ["", f"  {check.title}: {check.result}", *_aligned(check.table.head(MOST))]
        if len(check.table) > MOST:
            lines.append(f"    … and {len(check.table) - MOST} rows more")
    lines += [f"  {note}" for note in estimate.notes and ("", *estimate.notes)]
    return "\n".join(line.rstrip() for line in lines)


def _aligned(table: pd.DataFrame) -> list[str]:
    """Columns side by side: words to the left, numbers to the right."""
    cells = [[str(name) for name in table.columns], *([_cell(value) for value in row] for row in table.itertuples(index=False))]
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]
    widths = [max(columns_of(row[k]) for row in cells) for k in range(len(numeric))]
    return [
        "    "
        + "  ".join(
            right(cell, width) if number else left(cell, width) for cell, width, number in zip(row, widths, numeric, strict=True)
        )
        for row in cells
    ]


def _cell(value: Any) -> str:
    """Five significant digits, and at least one decimal of what is not whole."""
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞"
    if value == 0 or (value == round(value) and abs(value) >= 1):
        return f"{value:,.0f}"
    if abs(value) < 1e-4 or abs(value) >= 1e6:
        return f"{value:.3g}"
    return f"{value:,.{max(1, 4 - math.floor(math.log10(abs(value))) - 1)}f}"


def as_json(estimate: FittedModel) -> dict[str, Any]:
    """The same as plain types; what is undefined or without bound is null."""
    top = estimate.maximum
    made = {
        "model": estimate.model,
        "data": estimate.data,
        "log_likelihood": None if top is None else top.log_likelihood,
        "aic": None if top is None else top.aic,
        "parameters": estimate.table.to_dict("records"),
        "fit": [
            {"title": one.title, "chi_square": one.chi_square, "degrees_of_freedom": one.freedom, "p": one.p_value,
             "table": one.table.to_dict("records")}
            for one in estimate.checks
        ],
        "tracking": [] if estimate.tracking is None else estimate.tracking.to_dict("records"),
        "notes": list(estimate.notes),
        "fragment": dict(estimate.fragment.values),
        "sources": dict(estimate.fragment.sources),
    }  # fmt: skip
    plain: dict[str, Any] = finite(made)
    return plain
