"""Adverse selection: the fit of those accepted is the mean of a truncated normal."""

from __future__ import annotations

from collections.abc import Iterator

from scipy import stats

from sim.proofs.entry import Effort, Finding, entry
from sim.proofs.measure import customers, mean, months, own_seed, setting, share

SELECTION = "scenarios/validation/rep-selection.toml"
JOHNSON = "Johnson, Kotz & Balakrishnan 1994, Continuous Univariate Distributions 1, ch. 10 and 13"


def mills(z: float) -> float:
    """lambda(z) = phi(z) / (1 - Phi(z)), the inverse Mills ratio."""
    return float(stats.norm.pdf(z) / stats.norm.sf(z))


@entry(
    id="selection-mills",
    group="closed form",
    title="Fit of the signed: an inverse Mills ratio",
    source=JOHNSON,
    setting=SELECTION,
)
def line(effort: Effort) -> Iterator[Finding]:
    """E[q | q > z] = lambda(z), variance 1 + z lambda - lambda^2, accepted 1 - Phi(z); at z = .4: 1.06876, and random z."""
    random = effort.random("selection-mills")
    for case, z in enumerate([0.4, *random.uniform(-1.5, 1.5, effort.number(4, 1)).round(3)]):
        world = setting(SELECTION).with_(reps={"screening": float(z)})
        fit = customers(world, own_seed(effort, case), effort.number(100))["fit"].to_numpy()
        expected = mills(z)
        yield mean(f"mean fit of those above {z}", expected, fit)
        yield mean(f"variance of it above {z}", 1 + z * expected - expected**2, (fit - expected) ** 2)
        table = months(world, own_seed(effort, case), effort.number(100))
        signed, tried = table["signings"].sum(), table["attempts"].sum()
        yield share(f"signed of attempts above {z}", 0.9 * stats.norm.sf(z), signed, int(tried))


@entry(
    id="selection-referred",
    group="closed form",
    title="Fit of the referred: the same, about their own mean",
    source=JOHNSON,
    setting=SELECTION,
)
def referred(effort: Effort) -> Iterator[Finding]:
    """E[q | q > z] = mu + sigma lambda((z - mu) / sigma): leads come from referrals alone, whose fit has mean mu and spread 1."""
    for case, (mu, z) in enumerate(((0.3, -0.5), (0.8, 0.6)), 10):
        world = setting(SELECTION).with_(
            reps={"screening": z, "hours": 200.0, "hours_per_visit": 1.0, "choice": {"hunting": 0.5, "nurturing": 0.5}},
            market={"leads_at_start": 0.0, "leads_per_month": 0.0, "referred_fit": mu, "stale_months": 1e6},
            customers={"at_start": 200, "referral": {"visit": 1.0}, "feeling": {"speed": 0.0}},
        )
        people = customers(world, own_seed(effort, case), effort.number(100))
        fit = people.loc[people["founder"] == 0, "fit"].to_numpy()
        yield mean(f"mean fit of those above {z}, referred about {mu}", mu + mills(z - mu), fit)


@entry(
    id="selection-pressure",
    group="closed form",
    title="Pay pressure lowers the line, and with it the fit",
    source="Agarwal & Ben-David 2018, J. Financial Economics (direction); the form is the model's own",
    setting=SELECTION,
)
def pressure(effort: Effort) -> Iterator[Finding]:
    """With commission c at the signature alone, q = c x signings of a month / expenses, p = q / (1 + q): E[fit] = lambda(z - d p).

    A month of hunting is 100 attempts, a signing is believed of 90 in 100 of them, expenses are 1,600.
    """
    random = effort.random("selection-pressure")
    cases = [(20.0, 1.0), *zip(random.uniform(2.0, 60.0, 3), random.uniform(0.3, 2.0, 3), strict=True)]
    for case, (c, d) in enumerate(cases, 20):
        z, q = 0.3, c * 100.0 * 0.9 / 1600.0
        world = setting(SELECTION).with_(
            reps={"screening": z, "pressure_fit": float(d)}, scheme={"components": [{"measure": "signings", "rate": float(c)}]}
        )
        fit = customers(world, own_seed(effort, case), effort.number(100))["fit"]
        yield mean(f"mean fit at {c:.1f} a signing, pressure lowering by {d:.2f}", mills(z - d * q / (1 + q)), fit)
