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
def uniforms(clock, who, which):  # type: ignore[no-untyped-def]
    """Eight uniforms of a prospect; the compiled engine draws for many at once (:func:`sim.draws.fill`)."""
    a = draws.uniforms(clock.seed, clock.run, draws.TRAITS_FIRST, clock.month, who, which)
    b = draws.uniforms(clock.seed, clock.run, draws.TRAITS_SECOND, clock.month, who, which)
    return a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]


@rule
def scores(params, u):  # type: ignore[no-untyped-def]
    """Eight standard normals from uniforms, correlated as the scenario says (z = L e, L Cholesky)."""
    independent = (
        normal(params.normal, u[0]), normal(params.normal, u[1]), normal(params.normal, u[2]), normal(params.normal, u[3]),
        normal(params.normal, u[4]), normal(params.normal, u[5]), normal(params.normal, u[6]), normal(params.normal, u[7]),
    )  # fmt: skip
    return (
        mix(params, 0, independent), mix(params, 1, independent), mix(params, 2, independent), mix(params, 3, independent),
        mix(params, 4, independent), mix(params, 5, independent), mix(params, 6, independent), mix(params, 7, independent),
    )  # fmt: skip


@rule
def mix(params, i, moment):  # type: ignore[no-untyped-def]
    """The i-th correlated normal from independent ones."""
    total = 0.0
    for j in range(i + 1):
        total += params.cholesky[i, j] * moment[j]
    return total


@rule
def fitting_better(params, z, by):  # type: ignore[no-untyped-def]
    """The scores of somebody whose fit is higher by so much: every other rises by its correlation with fit times that.

    E[z_i | z_fit = f + by] - E[z_i | z_fit = f] = rho_i,fit * by, as of any two jointly normal scores.
    """
    a = params.along_fit
    return (
        z[0] + a[0] * by, z[1] + a[1] * by, z[2] + a[2] * by, z[3] + a[3] * by,
        z[4] + a[4] * by, z[5] + a[5] * by, z[6] + a[6] * by, z[7] + a[7] * by,
    )  # fmt: skip


@rule
def draw(params, clock, customer, z, oversold):  # type: ignore[no-untyped-def]
    """Write the traits of a prospect into its record; the first purchase is larger by the share `oversold`."""
    customer.oversold = oversold
    customer.fit = z[FIT]
    first = params.customers_initial / params.customers_initial_shape * exp(interpolate(params.tables[T_INITIAL], z[INITIAL]))
    first *= 1.0 + oversold
    customer.initial = cents(first)
    customer.renewal = cents(first * params.customers_renewal) if params.customers_setting == CONTRACTUAL else 0.0
    customer.rate = (
        min(exp(interpolate(params.tables[T_RATE], z[RATE])) / params.purchase_alpha, MOST)
        if params.purchase_enabled > 0.0
        else 0.0
    )
    customer.scale = params.spend_v / exp(interpolate(params.tables[T_SPEND], z[SPEND]))  # mean amount is p * scale
    customer.margin = 1.0 / (1.0 + exp(-interpolate(params.tables[T_MARGIN], z[MARGIN])))
    customer.odds_pay = exp(params.payment_spread * z[PAYMENT] + params.payment_fit * customer.fit)
    need = (
        params.service_rate
        / params.service_shape
        * exp(interpolate(params.tables[T_NEED], z[NEED]) - params.service_fit * customer.fit)
    )
    customer.need = min(need, MOST)
    customer.no_contact = exp(-customer.need)
    customer.odds_lapse = exp(interpolate(params.tables[T_LAPSE], z[LAPSE]))
    customer.worth = worth(params, customer)
    # the promise: everybody pays, mean need for service, lapse as reckoned; perks are taken off where they are spent
    customer.promise_first = cents(customer.margin * customer.initial * 0.01)
    customer.promise_month = (
        customer.margin * customer.rate * params.spend_p * customer.scale - params.service_rate * params.desk_contact_cost
    )
    customer.promise_renewal = customer.margin * customer.renewal * 0.01


@rule
def worth(params, customer):  # type: ignore[no-untyped-def]
    """A customer's expected monthly margin after the first purchase, in hundredths."""
    monthly = customer.rate * params.spend_p * customer.scale
    if params.customers_setting == CONTRACTUAL:
        monthly += customer.renewal * 0.01 / params.customers_renewal_months
    return cents(customer.margin * monthly)


@rule
def expected_revenue(customer):  # type: ignore[no-untyped-def]
    """What a customer is expected to buy in a month after the first purchase, in hundredths: worth / margin."""
    return np.floor(customer.worth / customer.margin + 0.5)
