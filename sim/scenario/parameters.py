"""Every parameter of the model but the scheme: the one place where its default and bounds stand.

Checks, ``daarna describe``, the JSON schema, the documentation and the record the rules read
(:mod:`sim.scenario.record`) are all made from these declarations.
"""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from sim.scenario.base import Fixed, Group, Number, Whole, par, shown, wrong
from sim.texts import nearest

MAX_ATTEMPTS = 1000  # prospects of a month have numbers of their own, far apart from those of the founders
MAX_PURCHASES = 20  # mean per customer and month; a month's purchases are counted to 255
MOST_CALLS = 8  # on one prospect: a count by number of calls is kept of each seat
LEAST_SHAPE = 0.001  # of a gamma or beta: below it all customers but a few per thousand are at nought
HOUGHTON = "Houghton, Siegel, Jalali et al. 2016 (model as published)"
ELASTICITY = "off; 3 at a price elasticity of -2.6 (Bijmolt, van Heerde & Pieters 2005, abstract) and a success of .2"


class Market(Group):
    """Prospects: how many there are for a seat, and how they answer."""

    leads_at_start: float = par(100.0, "leads", "leads in hand when a seat is first filled", HOUGHTON, ge=0, le=1e6)
    leads_per_month: float = par(25.0, "leads/month", "fresh leads reaching a seat each month", ge=0, le=1e6)
    stale_months: float = par(3.0, "months", "mean life of a lead before it is stale", HOUGHTON, ge=1, le=1e6)
    success: float = par(0.2, "probability", "that an attempt on a cold lead signs", HOUGHTON, ge=0, le=1)
    courting: int = par(
        1, "calls", "most calls on one prospect: who does not sign is called again in a later month", ge=1, le=MOST_CALLS
    )
    insistence: float = par(
        0.8,
        "share",
        "chance of each further call to sign a prospect, of that of the call before; above 1 insisting pays",
        ge=0,
        le=2,
    )
    referred_success: float = par(0.35, "probability", "that an attempt on a referred lead signs", ge=0, le=1)
    referred_fit: float = par(0.3, "sd", "fit advantage of a referred prospect", ge=-3, le=3)
    lure: float = par(
        0.0,
        "log odds",
        "rise of the odds of signing by perks as large as the mean first purchase; what money is worth to a customer, elsewhere too",
        ELASTICITY,
        ge=0,
        le=20,
    )
    urgency: float = par(
        0.0, "log odds", "rise of the odds of signing when a rep under full pay pressure urges to sign now", "off", ge=0, le=20
    )


class Choice(Group):
    """How a rep chooses."""

    rule: Literal["logit", "roth_erev", "fixed"] = par("logit", "name", "logit on projected pay, reinforcement, or fixed")
    temperature: float = par(300.0, "money/month", "noise of choice: scale of the logit", ge=1e-9, le=1e9)
    grid: int = par(4, "steps", "alternatives are shares of time in multiples of 1/grid", ge=1, le=20)
    hunting: float = par(0.5, "share", "time spent hunting under the fixed rule", ge=0, le=1)
    nurturing: float = par(0.3, "share", "time spent nurturing under the fixed rule", ge=0, le=1)
    forgetting: float = par(0.1, "share/month", "Roth-Erev phi", "Roth & Erev 1995, recalled (80%)", ge=0, le=1)
    experiment: float = par(0.2, "share", "Roth-Erev epsilon", "Roth & Erev 1995, recalled (80%)", ge=0, lt=1)

    @model_validator(mode="after")
    def _time_budget(self) -> Choice:
        if self.hunting + self.nurturing > 1 + 1e-12:
            raise wrong(f"found {self.hunting} beside nurturing = {self.nurturing}; together they must not exceed 1", "hunting")
        return self


class Belief(Group):
    """What a newly hired rep believes, and how quickly experience changes it."""

    rate: float = par(0.1, "share/month", "weight of the newest month", ge=0, le=1)
    lapse: float = par(0.01, "per month", "lapse rate expected of a customer", ge=0, le=1)
    visit_lapse: float = par(0.004, "per visit", "lapse probability a visit is thought to take away", ge=-1, le=1)
    visit_repeat: float = par(20.0, "money/visit", "repeat revenue a visit is thought to bring", ge=-1e9, le=1e9)
    visit_cross: float = par(1.6, "money/visit", "cross revenue a visit is thought to bring", ge=-1e9, le=1e9)
    visit_satisfaction: float = par(0.05, "score/visit", "satisfaction a visit is thought to add", ge=-2, le=2)
    noise: float = par(
        0.25, "of the quota", "spread of a month's measure expected at first (of 1 where there is no quota)", ge=0, le=100
    )


class Reps(Group):
    """The sales force."""

    count: int = par(10, "reps", "seats in the sales force", ge=1, le=100_000)
    absent: tuple[Whole, ...] = par((), "seats", "seats that stay empty throughout")
    hours: float = par(50.0, "hours/month", "selling time of a rep", HOUGHTON, ge=0.01, le=744)
    hours_per_attempt: float = par(4.0, "hours", "time an attempt takes", HOUGHTON, ge=0.01, le=744)
    hours_per_visit: float = par(1.0, "hours", "time a visit takes", HOUGHTON, ge=0.01, le=744)
    salary: float = par(1800.0, "money/month", "fixed pay", ge=0, le=1e9)
    expenses: float = par(1600.0, "money/month", "cost of living of a rep", ge=0.01, le=1e9)
    savings_months: float = par(6.0, "months", "expenses a new rep can live on", HOUGHTON, ge=0, le=1e6)
    subsidy: float = par(0.0, "share", "of expenses, paid to a starting rep (draw)", "off; .75 in " + HOUGHTON, ge=0, le=10)
    subsidy_months: int = par(3, "months", "how long the start-up subsidy lasts", HOUGHTON, ge=0, le=1200)
    skill_spread: float = par(0.25, "log sd", "spread of hunting and of nurturing skill between reps", ge=0, le=2)
    skill_correlation: float = par(0.0, "correlation", "between hunting and nurturing skill", ge=-1, le=1)
    intrinsic_hunting: float = par(0.25, "share", "of time a rep would hunt unpaid", ge=0, le=1)
    intrinsic_nurturing: float = par(0.35, "share", "of time a rep would nurture unpaid", ge=0, le=1)
    effort_cost: float = par(2500.0, "money/month", "curvature of effort cost around intrinsic effort", ge=0, le=1e9)
    substitution: float = par(0.3, "share", "cross term of effort cost: the tasks crowd each other out", gt=-1, lt=1)
    horizon_months: int = par(12, "months", "how far a rep looks ahead", ge=1, le=600)
    present_bias: float = par(0.85, "factor", "beta: weight of all pay after this month", "range .7-1, assumed", ge=0.001, le=1)
    discount_year: float = par(0.92, "factor/year", "delta: annual patience", "range .85-.97, assumed", ge=0.001, le=1)
    quit_rate: float = par(0.015, "per month", "exit hazard at ordinary pay", "turnover 20-34% a year, secondary", ge=0, le=1)
    quit_pay: float = par(1.0, "log odds", "rise of the exit odds when pay falls short of all expenses", ge=0, le=20)
    quit_broke: bool = par(True, "yes/no", "a rep whose savings have run out leaves", HOUGHTON)
    reservation: float = par(
        0.0,
        "money/month",
        "pay to be had elsewhere; where expenses are higher, they are the pay that reps compare with",
        ge=0,
        le=1e9,
    )
    vacancy_months: int = par(1, "months", "before a leaver can be replaced", ge=0, le=1200)
    hiring_rate: float = par(
        1.0,
        "per month",
        "probability that somebody takes a vacant seat where reps earn the pay they compare with; at 1 it is taken whatever is paid",
        ge=0,
        le=1,
    )
    hiring_pay: float = par(
        5.0, "log odds", "rise of those odds when reps earn twice that pay, and fall when they earn nothing", ge=0, le=20
    )
    hiring_cost: float = par(0.0, "money/rep", "search for and training of a newcomer", ge=0, le=1e9)
    pressure_fit: float = par(1.0, "sd", "how far full pay pressure lowers the fit accepted", ge=0, le=5)
    pressure_size: float = par(
        0.15,
        "share",
        "oversizing of the first purchase at full pay pressure",
        "contract size +15%, Agarwal & Ben-David 2018",
        ge=0,
        le=10,
    )
    pressure_promise: float = par(0.3, "score", "expectation raised by promises at full pay pressure", ge=0, le=2)
    screening: float = par(-0.5, "sd", "lowest fit accepted without pay pressure", ge=-10, le=5)
    guard: float = par(
        0.0,
        "share",
        "of what visits save in clawback, for which they go to those of whom it can be claimed; for the rest they go to all alike",
        ge=0,
        le=1,
    )
    choice: Choice = Choice()
    belief: Belief = Belief()

    @model_validator(mode="after")
    def _countable(self) -> Reps:
        attempts = self.hours / self.hours_per_attempt
        if attempts > MAX_ATTEMPTS:
            found = f"{self.hours_per_attempt} of {self.hours} hours a month, which makes {attempts:,.0f} attempts"
            raise wrong(f"found {found}, allowed are at most {MAX_ATTEMPTS:,} attempts a month", "hours_per_attempt")
        return self


class Payment(Group):
    """Invoices age through buckets until paid or written off."""

    transitions: tuple[tuple[Number, ...], ...] = par(
        ((0.90, 0.10, 0.0, 0.0, 0.0), (0.60, 0.20, 0.20, 0.0, 0.0), (0.45, 0.0, 0.25, 0.30, 0.0), (0.30, 0.0, 0.0, 0.40, 0.30)),
        "probability/month",
        "a row per bucket (current, 1, 2, ...): to paid, to each later bucket, to written off",
    )
    spread: float = par(0.4, "log odds sd", "spread of payment reliability between customers", ge=0, le=5)
    dissatisfied: float = par(
        0.7, "log odds", "fall of the odds to pay at satisfaction -1", "hazard x 1.2-2, assumed", ge=0, le=10
    )
    fit: float = par(0.3, "log odds/sd", "rise of the odds to pay with fit", ge=-5, le=5)
    shortfall: float = par(
        0.0,
        "log odds/log odds",
        "fall of the odds to pay with what the contract lacks for a customer who was lured or oversold",
        "off; defaults +24% with contracts 15% larger, Agarwal & Ben-David 2018",
        ge=0,
        le=20,
    )
    exit_on_write_off: bool = par(True, "yes/no", "a customer whose debt is written off is gone")

    @field_validator("transitions")
    @classmethod
    def _stochastic(cls, rows: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
        if not 1 <= len(rows) <= 8:
            raise ValueError(f"found {len(rows)} rows, allowed are 1 to 8, one for each bucket")
        for number, row in enumerate(rows):
            if len(row) != len(rows) + 1:
                between = {1: "", 2: "bucket 1, "}.get(len(rows), f"buckets 1 to {len(rows) - 1}, ")
                raise ValueError(
                    f"row {number}: found {len(row)} numbers, allowed are {len(rows) + 1}: to paid, {between}written off"
                )
            if min(row) < 0 or abs(sum(row) - 1) > 1e-9:
                raise ValueError(f"row {number}: found {shown(row)}, allowed are probabilities that add up to 1")
        return rows


class Purchase(Group):
    """Repeat purchases: gamma-Poisson; rate ~ Gamma(shape, rate parameter)."""

    shape: float = par(2.0, "none", "r: shape of the gamma mixing over purchase rates", ge=LEAST_SHAPE, le=1e4)
    alpha: float = par(40.0, "months", "alpha: rate parameter of that gamma; the mean rate is shape / alpha", ge=1e-4, le=1e9)
    enabled: bool = par(True, "yes/no", "customers make repeat purchases")
    satisfaction: float = par(
        0.5, "per score", "slope k of the convex (1 + k S / 2)^2 at S = 0", "convexity: Mittal & Kamakura 2001", ge=0, le=2
    )
    visit: float = par(0.5, "share", "rise of the purchase rate in a month with a visit", ge=0, le=20)

    @model_validator(mode="after")
    def _countable(self) -> Purchase:
        mean = self.shape / self.alpha
        if mean > MAX_PURCHASES:
            raise wrong(
                f"found {self.alpha} beside shape = {self.shape}: a mean of {mean:,.4g} purchases a month; "
                f"allowed is a mean (shape / alpha) of at most {MAX_PURCHASES}",
                "alpha",
            )
        return self


class Spend(Group):
    """Amount of a purchase: gamma-gamma; z ~ Gamma(p, nu), nu ~ Gamma(q, v)."""

    p: float = par(6.25, "none", "shape of a customer's amounts", "CDNOW, lifetimes test-suite", ge=LEAST_SHAPE, le=1e4)
    q: float = par(3.74, "none", "shape of the mixing over scales", "CDNOW, lifetimes test-suite", ge=1.001, le=1e4)
    v: float = par(88.0, "money", "scale of the mixing; mean amount is p v / (q - 1)", ge=1e-6, le=1e9)


class Lapse(Group):
    """Leaving: latent propensity ~ Beta(alpha, beta), shifted on the logit scale."""

    alpha: float = par(0.7, "none", "alpha of the beta over latent lapse (or dropout) probability", ge=1e-6, le=1e6)
    beta: float = par(3.8, "none", "beta of it", ge=1e-6, le=1e6)
    satisfaction: float = par(1.2, "log odds/score", "fall of the lapse odds with satisfaction", ge=0, le=20)
    tie: float = par(0.8, "log odds", "fall of the lapse odds with a full tie to the rep", ge=0, le=20)
    midterm: float = par(0.02, "odds ratio", "odds of lapsing in a month without renewal, relative to a renewal", ge=0, le=1)
    shortfall: float = par(
        0.0,
        "log odds/log odds",
        "rise of the lapse odds with what the contract lacks for a customer who was lured or oversold",
        "off; 1: as much at a renewal as at the signature",
        ge=0,
        le=20,
    )


class Service(Group):
    """Need for service: contacts ~ Poisson, rate ~ Gamma."""

    rate: float = par(0.08, "contacts/month", "mean need for service", ge=0, le=50)
    shape: float = par(2.0, "none", "shape of the gamma over customers' need", ge=LEAST_SHAPE, le=1e4)
    fit: float = par(0.2, "log/sd", "fall of the need with fit", ge=-3, le=3)
    complaint: float = par(
        0.0,
        "per month",
        "that a customer with satisfaction -1 complains: a contact more; in proportion above it, never where satisfaction is not below 0",
        "off",
        ge=0,
        le=1,
    )
    surfaced: float = par(
        0.5, "share", "of contacts the desk did not solve, put right by a rep who visits that month", ge=0, le=1
    )


class Feeling(Group):
    """Satisfaction against expectation."""

    expectation: float = par(0.3, "score", "expectation at signing, after courtship without pressure", ge=-1, le=1)
    learning: float = par(0.15, "share/month", "eta: how fast expectation follows experience", "range .1-.3, assumed", ge=0, le=1)
    speed: float = par(0.2, "share/month", "gamma: how fast satisfaction follows", ge=0, le=1)
    loss: float = par(2.0, "factor", "losses loom larger", "1.5-2.5; Bolton 1998, range assumed", ge=1, le=10)
    performance: float = par(0.5, "factor", "weight of experience itself beside disconfirmation", ge=0, le=2)
    fit: float = par(0.15, "score/sd", "experience gained from fit", ge=-2, le=2)
    tie: float = par(0.2, "score", "experience gained from a full tie", ge=-2, le=2)
    visit: float = par(0.2, "score", "experience of a month with a visit", ge=-2, le=2)
    solved: float = par(0.1, "score", "experience of a contact solved at once", ge=-2, le=2)
    unsolved: float = par(0.6, "score", "experience lost by a contact not solved", ge=0, le=2)
    wait: float = par(0.2, "score/day", "experience lost per day of waiting, at most 1", ge=0, le=10)


class Tie(Group):
    """The personal bond between customer and rep."""

    start: float = par(0.6, "share", "tie at signing", ge=0, le=1)
    courted: float = par(0.1, "share", "of the distance to a full tie, won by each call before the one that signs", ge=0, le=1)
    fade: float = par(0.08, "share/month", "of the tie, lost each month", ge=0, le=1)
    visit: float = par(0.4, "share", "of the distance to a full tie, won by a visit", ge=0, le=1)
    broken: float = par(1.0, "share", "lost when the rep leaves", ge=0, le=1)


class Referral(Group):
    """Word of mouth."""

    rate: float = par(0.01, "leads/month", "referred by a customer with satisfaction 1", ge=0, le=1)
    visit: float = par(
        0.1, "leads/visit", "referred at a visit", "2 per meeting in Houghton et al.; lowered, assumed", ge=0, le=10
    )
    warned: float = par(
        0.0,
        "leads/month",
        "lost to the seat by what a customer with satisfaction -1 tells others",
        "off; bad news is told to about twice as many as good (TARP, recalled 70%)",
        ge=0,
        le=1,
    )


TRAITS = ("initial", "rate", "spend", "margin", "payment", "need", "lapse", "fit")


class Customers(Group):
    """Customers: what they bring and how they behave."""

    setting: Literal["contractual", "non_contractual"] = par(
        "contractual", "name", "renewals and a lapse hazard, or silent dropout after a purchase"
    )
    at_start: int = par(
        0,
        "customers/seat",
        "the opening book: there before month 1, a term of each beginning in it; nobody is paid for signing them or for that term",
        ge=0,
        le=500_000,
    )
    initial: float = par(1200.0, "money", "mean first purchase", ge=0, le=1e9)
    initial_shape: float = par(4.0, "none", "gamma shape of first purchases", ge=LEAST_SHAPE, le=1e6)
    renewal: float = par(0.8, "share", "of the first purchase, invoiced at each renewal", ge=0, le=100)
    renewal_months: int = par(12, "months", "length of a contract", ge=1, le=1200)
    shed: float = par(0.0, "share", "of what was oversold, dropped at each renewal", "off", ge=0, le=1)
    margin: float = par(0.4, "share", "mean margin", ge=0.001, le=0.999)
    margin_precision: float = par(50.0, "none", "alpha + beta of the beta over margins", ge=0.1, le=1e6)
    cross: float = par(80.0, "money", "amount of a cross-purchase", ge=0, le=1e9)
    visit_sale: float = par(0.02, "probability", "of a cross-purchase at a visit", ge=0, le=1)
    correlation: dict[str, Number] = par(
        {"lapse-fit": -0.3}, "correlation", "pairs of traits, such as lapse-fit; Gaussian copula", validate_default=True
    )
    purchase: Purchase = Purchase()
    spend: Spend = Spend()
    lapse: Lapse = Lapse()
    payment: Payment = Payment()
    service: Service = Service()
    feeling: Feeling = Feeling()
    tie: Tie = Tie()
    referral: Referral = Referral()

    @field_validator("correlation")
    @classmethod
    def _known_pairs(cls, pairs: dict[str, float]) -> dict[str, float]:
        import numpy as np

        matrix = np.eye(len(TRAITS))
        for pair, value in pairs.items():
            names = pair.split("-")
            if len(names) != 2 or names[0] == names[1] or any(name not in TRAITS for name in names):
                pairs_there = [f"{one}-{other}" for one in TRAITS for other in TRAITS if one != other]
                raise ValueError(
                    f"found {shown(pair)}, which is no pair of traits; write two of {', '.join(TRAITS)} "
                    f"with a hyphen between{nearest(pair, pairs_there)}"
                )
            if not -1 < value < 1:
                raise ValueError(f"{pair}: found {value}, allowed is strictly between -1 and 1")
            if f"{names[1]}-{names[0]}" in pairs:
                raise ValueError(f"{pair} is given twice, also as {names[1]}-{names[0]}")
            i, j = TRAITS.index(names[0]), TRAITS.index(names[1])
            matrix[i, j] = matrix[j, i] = value
        if np.linalg.eigvalsh(matrix)[0] < 1e-9:
            raise ValueError("these correlations contradict each other (the matrix is not positive definite)")
        return Fixed(pairs)


class Desk(Group):
    """The service desk."""

    agents: int = par(2, "agents", "on the desk", ge=1, le=10_000)
    capacity: float = par(120.0, "contacts/month", "an agent can handle", ge=0.01, le=1e9)
    contact: Literal["pool", "fixed"] = par("pool", "name", "anybody answers, or a fixed contact")
    orientation: Literal["technical", "commercial"] = par("technical", "name", "solves and hangs up, or also sells")
    solve: float = par(0.8, "probability", "that a contact is solved at once", ge=0, le=1)
    continuity: float = par(
        0.08,
        "probability",
        "gained with a fixed contact",
        "ownership can beat pooling, Song et al. 2015; size assumed",
        ge=0,
        le=1,
    )
    skill_spread: float = par(0.0, "probability sd", "spread of solving between agents", ge=0, le=0.3)
    redress: float = par(
        1.0,
        "factor",
        "on the probability that a contact is solved at once, where it is a complaint",
        "as any contact; about half of complaints get nothing (customer-rage studies, second-hand)",
        ge=0,
        le=1,
    )
    offer_time: float = par(0.2, "share", "longer handling by a commercial desk", ge=0, le=10)
    offer_sale: float = par(0.06, "probability", "of a cross-purchase when offered", ge=0, le=1)
    appointment: float = par(0.03, "leads/contact", "appointments a commercial desk makes for the rep", ge=0, le=1)
    forgetting: float = par(0.2, "share/month", "of the memory of earlier offers, lost each month", ge=0, le=1)
    irritation: float = par(0.15, "score", "experience lost at an offer, per earlier offer still in memory", ge=0, le=2)
    salary: float = par(2500.0, "money/month", "cost of an agent", ge=0, le=1e9)
    contact_cost: float = par(12.0, "money", "cost of handling a contact", ge=0, le=1e9)
    max_wait: float = par(30.0, "days", "longest wait", ge=0, le=1e6)


class Resolution(Group):
    """The moment of truth."""

    policy: Literal["none", "solution", "strict", "by_value"] = par(
        "strict", "name", "seek a solution, hold to the contract, decide by the customer's value, or look away"
    )
    value: float = par(
        10.0,
        "money/month",
        "margin per month of contract so far, first purchase included, from which on by_value seeks a solution; to tell "
        "customers apart it must lie among theirs (check says where it does not)",
        ge=-1e9,
        le=1e9,
    )
    bucket: int = par(2, "bucket", "arrears bucket in which a case opens", ge=1, le=7)
    solve_cost: float = par(40.0, "money", "cost of a solution", ge=0, le=1e9)
    recovery: float = par(
        0.5, "score", "experience regained by a solution", "assumed; should not end above no failure at all", ge=0, le=2
    )
    collect_cost: float = par(15.0, "money", "cost of collection", ge=0, le=1e9)
    collect: float = par(0.5, "probability", "that strictness collects the debt at once", ge=0, le=1)
    arrange: float = par(0.35, "probability", "that a solution gets the debt paid at once", ge=0, le=1)
    estrangement: float = par(0.5, "score", "experience lost by strictness", ge=0, le=2)


class Firm(Group):
    """The firm's policy and costs."""

    discount_year: float = par(0.08, "per year", "discount rate", ge=-0.5, le=10)
    perks: float = par(
        100.0,
        "money/customer",
        "spent on a new customer: a cost on the account; who signs for it says market.lure (by default nobody)",
        ge=0,
        le=1e9,
    )
    attempt_cost: float = par(10.0, "money/attempt", "cost of approaching a prospect", ge=0, le=1e9)
    visit_cost: float = par(5.0, "money/visit", "cost of a visit beside the rep's time", ge=0, le=1e9)
    fixed_cost: float = par(0.0, "money/month", "other fixed cost of the firm", ge=0, le=1e12)
    concession: float = par(
        0.0,
        "share",
        "of the renewal, granted to who asks for it: the dissatisfied, the lured and the oversold",
        "off",
        ge=0,
        le=1,
    )
    promise_lapse: float = par(0.007, "per month", "lapse the promise reckons with, at first", ge=0, le=1)
    promise_learning: float = par(
        0.0, "share/month", "weight of the newest month in the lapse the promise reckons with", ge=0, le=1
    )
    resolution: Resolution = Resolution()
