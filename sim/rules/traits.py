"""What kind of customer a prospect is: traits drawn at signing, correlated by a Gaussian copula."""

from __future__ import annotations

import numpy as np

from sim import draws
from sim.compiled import rule
from sim.numeric import exp, interpolate, normal
from sim.scenario.codes import CONTRACTUAL
from sim.state import cents

INITIAL, RATE, SPEND, MARGIN, PAYMENT, NEED, LAPSE, FIT = range(8)  # order of parameters.TRAITS
MOST = (
    255.0  # purchases, and contacts, expected of a customer in a month: they are counted so far (:func:`sim.draws.poisson_count`)
)
T_INITIAL, T_RATE, T_SPEND, T_MARGIN, T_NEED, T_LAPSE = range(6)  # order of record.TABLES


@rule
def uniforms(now, who, which):  # type: ignore[no-untyped-def]
    """Eight uniforms of a prospect; the compiled engine draws for many at once (:func:`sim.draws.fill`)."""
    a = draws.uniforms(now.seed, now.run, draws.TRAITS_FIRST, now.month, who, which)
    b = draws.uniforms(now.seed, now.run, draws.TRAITS_SECOND, now.month, who, which)
    return a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]


@rule
def scores(p, u):  # type: ignore[no-untyped-def]
    """Eight standard normals from uniforms, correlated as the scenario says (z = L e, L Cholesky)."""
    e = (
        normal(p.normal, u[0]), normal(p.normal, u[1]), normal(p.normal, u[2]), normal(p.normal, u[3]),
        normal(p.normal, u[4]), normal(p.normal, u[5]), normal(p.normal, u[6]), normal(p.normal, u[7]),
    )  # fmt: skip
    return (
        mix(p, 0, e), mix(p, 1, e), mix(p, 2, e), mix(p, 3, e), mix(p, 4, e), mix(p, 5, e), mix(p, 6, e), mix(p, 7, e)
    )  # fmt: skip


@rule
def mix(p, i, e):  # type: ignore[no-untyped-def]
    """The i-th correlated normal from independent ones."""
    total = 0.0
    for j in range(i + 1):
        total += p.cholesky[i, j] * e[j]
    return total


@rule
def fitting_better(p, z, by):  # type: ignore[no-untyped-def]
    """The scores of somebody whose fit is higher by so much: every other rises by its correlation with fit times that.

    E[z_i | z_fit = f + by] - E[z_i | z_fit = f] = rho_i,fit * by, as of any two jointly normal scores.
    """
    a = p.along_fit
    return (
        z[0] + a[0] * by, z[1] + a[1] * by, z[2] + a[2] * by, z[3] + a[3] * by,
        z[4] + a[4] * by, z[5] + a[5] * by, z[6] + a[6] * by, z[7] + a[7] * by,
    )  # fmt: skip


@rule
def draw(p, now, c, z, size):  # type: ignore[no-untyped-def]
    """Write the traits of a prospect into its record; `size` multiplies the first purchase."""
    c.fit = z[FIT]
    first = p.customers_initial / p.customers_initial_shape * exp(interpolate(p.tables[T_INITIAL], z[INITIAL])) * size
    c.initial = cents(first)
    c.renewal = cents(first * p.customers_renewal) if p.customers_setting == CONTRACTUAL else 0.0
    c.rate = min(exp(interpolate(p.tables[T_RATE], z[RATE])) / p.purchase_alpha, MOST) if p.purchase_enabled > 0.0 else 0.0
    c.scale = p.spend_v / exp(interpolate(p.tables[T_SPEND], z[SPEND]))  # mean amount is p * scale
    c.margin = 1.0 / (1.0 + exp(-interpolate(p.tables[T_MARGIN], z[MARGIN])))
    c.odds_pay = exp(p.payment_spread * z[PAYMENT] + p.payment_fit * c.fit)
    need = p.service_rate / p.service_shape * exp(interpolate(p.tables[T_NEED], z[NEED]) - p.service_fit * c.fit)
    c.need = min(need, MOST)
    c.no_contact = exp(-c.need)
    c.odds_lapse = exp(interpolate(p.tables[T_LAPSE], z[LAPSE]))
    monthly = c.rate * p.spend_p * c.scale
    if p.customers_setting == CONTRACTUAL:
        monthly += c.renewal * 0.01 / p.customers_renewal_months
    c.worth = cents(c.margin * monthly)
    # the promise: everybody pays, mean need for service, lapse as reckoned; perks are taken off where they are spent
    c.promise_first = cents(c.margin * c.initial * 0.01)
    c.promise_month = c.margin * c.rate * p.spend_p * c.scale - p.service_rate * p.desk_contact_cost
    c.promise_renewal = c.margin * c.renewal * 0.01


@rule
def expected_revenue(c):  # type: ignore[no-untyped-def]
    """What a customer is expected to buy in a month after the first purchase, in hundredths: worth / margin."""
    return np.floor(c.worth / c.margin + 0.5)
