"""The columns of the result tables, each with its unit and meaning: the one place they are named.

The order here is the order in the arrays the engines fill, in the data frames and in the Parquet files.
"""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column of a result table."""

    name: str
    unit: str  # "money" stands for the scenario's currency
    meaning: str
    better: int = 0  # of an outcome: 1 where more of it is good whatever its cause, -1 where less is, 0 where it is a means
    label: str = ""  # of an outcome: what it is called in a sentence
    short: str = ""  # of an outcome: what a figure of many outcomes calls it


MORE, LESS = 1, -1


MONTHS: tuple[Column, ...] = (
    Column("month", "month", "month of the simulation, from 1"),
    Column("customers", "customers", "active customers at the month's end"),
    Column("signings", "customers", "customers signed in the month; the opening book (`customers.at_start`) was signed before"),
    Column("lapses", "customers", "exits of any kind in the month: lapse, dropout, written off"),
    Column("initial_revenue", "money", "first purchases of those signed, invoiced"),
    Column(
        "repeat_revenue",
        "money",
        "repeat purchases and renewals invoiced; in month 1 also the term that begins for the opening book",
    ),
    Column("cross_revenue", "money", "cross-purchases invoiced"),
    Column("revenue", "money", "initial + repeat + cross revenue"),
    Column("cost_of_goods", "money", "cost of what was sold"),
    Column("acquisition", "money", "perks for new customers and the cost of attempts"),
    Column("service", "money", "contacts handled and visits paid"),
    Column("resolution", "money", "solutions, goodwill and collection at the moment of truth"),
    Column("write_off", "money", "invoices given up"),
    Column("collected", "money", "invoices paid"),
    Column("outstanding", "money", "invoiced, neither paid nor written off, at the month's end; leavers' balances included"),
    Column("commission", "money", "everything variable paid to reps"),
    Column("clawback", "money", "recovered from reps"),
    Column("salaries", "money", "fixed pay and start-up subsidy of reps"),
    Column("desk", "money", "fixed cost of the service desk and of the firm"),
    Column("profit", "money", "what the month left the firm"),
    Column("hunting_share", "share", "of the reps' time, spent hunting"),
    Column("satisfaction", "score", "mean over active customers at the month's end, -1 to 1"),
    Column("nurturing_share", "share", "of the reps' time, spent on the book"),
    Column("prospecting", "money", "the part of acquisition that belongs to no customer: attempts"),
    Column("initial_margin", "money", "initial revenue less its cost of goods"),
    Column("awarded", "money", "variable pay earned in the month, before deferral"),
    Column("held", "money", "deferred pay not yet vested, at the month's end"),
    Column("forfeited", "money", "deferred pay lost to malus or departure in the month"),
    Column("accrued", "money", "pay of periods still open, were they to end now, at the month's end"),
    Column("unsettled", "money", "pay of open periods that reps did not stay to see settled, in the month"),
    Column("trail_due", "money", "trail still to come if all customers there stay, before factors, at the month's end"),
    Column("claimed", "money", "clawback claimed for customers who left in the month"),
    Column("clawback_due", "money", "clawback claimed and not yet recovered, at the month's end"),
    Column("uncollectable", "money", "clawback given up because the rep has left, in the month"),
    Column("reps", "reps", "seats that are filled, at the month's beginning"),
    Column("rep_exits", "reps", "reps who quit, ran out of savings or were dismissed"),
    Column("leads", "leads", "leads in hand, cold and warm, at the month's end"),
    Column("attempts", "attempts", "prospects approached"),
    Column("visits", "visits", "visits paid to customers"),
    Column("contacts", "contacts", "service contacts"),
    Column("wait", "days", "mean wait of a contact at the desk"),
    Column("cases", "cases", "moments of truth: unsolved contacts and arrears that opened a case"),
    Column("pressure", "share", "mean pay pressure of the reps, 0 to 1"),
    Column("fit", "sd", "mean fit of the customers signed in the month (0 if none)"),
    Column("hiring", "money", "search for and training of the reps hired in the month"),
    Column(
        "conceded", "money", "of the renewals of the month, granted to customers who asked: not invoiced, so no part of revenue"
    ),
    Column("complaints", "complaints", "contacts made because of dissatisfaction, among the contacts"),
    Column("redressed", "complaints", "of them put right: by the desk, a rep who visited, or a solution; the others got nothing"),
    Column("warned", "leads", "lost to the seats by what the dissatisfied told others"),
    Column("late", "money", "of the month's invoices, what is neither paid nor written off at its end, when they fall due"),
)

RUNS_FIRST: tuple[Column, ...] = (
    Column(
        "npv",
        "money",
        "profit of all months, discounted to the start",
        MORE,
        label="discounted profit of the book",
        short="discounted profit",
    ),
)  # then profit_year_1 … profit_year_N, then:
RUNS_REST: tuple[Column, ...] = (
    Column(
        "customers_end",
        "customers",
        "active customers at the end",
        label="number of customers at the end",
        short="customers at the end",
    ),
    Column(
        "signings",
        "customers",
        "customers signed in the months of the run, the opening book not among them",
        label="number of customers signed",
        short="signings",
    ),
    Column("lapses", "customers", "exits of any kind", label="number of customers who left"),
    Column(
        "churn_rate", "per month", "lapses per customer-month", LESS, label="monthly rate at which customers leave", short="churn"
    ),
    Column(
        "share_loss_making",
        "share",
        "of all customers, the opening book's included, those on whom the firm loses money: whose account is below zero",
        LESS,
        label="share of customers on whom the firm loses money",
        short="customers at a loss to the firm",
    ),
    Column(
        "promised_profit",
        "money",
        "profit promised at signing for the months of the run that have passed; the opening book's included",
        label="profit promised at signing",
    ),
    Column(
        "realised_profit",
        "money",
        "profit on all customers' accounts in the months of the run, the opening book's included",
        MORE,
        label="profit on customers' accounts up to the end",
        short="profit on accounts so far",
    ),
    Column("satisfaction", "score", "mean over customer-months", MORE, label="satisfaction of customers"),
    Column("bad_debt_ratio", "share", "written off / revenue", LESS, label="share of revenue written off", short="bad debt"),
    Column(
        "cost_to_serve",
        "money/month",
        "(service + resolution) per customer-month",
        label="monthly cost to serve a customer",
        short="cost to serve",
    ),
    Column(
        "rep_pay_mean",
        "money/month",
        "pay per rep-month: salary, subsidy, variable, less clawback",
        label="monthly pay of a rep",
        short="reps' pay",
    ),
    Column("rep_pay_sd", "money/month", "spread of mean pay between seats", label="spread of monthly pay between seats"),
    Column("variable_share", "share", "variable pay net of clawback, of all pay", label="share of pay that is variable"),
    Column("rep_turnover", "per year", "departures per rep-year", LESS, label="yearly turnover of reps", short="rep turnover"),
    Column(
        "rep_stay_12", "share", "of the reps hired early enough to have completed 12 months of service, the share who did", MORE
    ),
    Column(
        "rep_stay_48", "share", "of the reps hired early enough to have completed 48 months of service, the share who did", MORE
    ),
    Column(
        "hunting_share",
        "share",
        "of the reps' time, spent hunting",
        label="share of reps' time spent hunting",
        short="time spent hunting",
    ),
    Column("nurturing_share", "share", "of the reps' time, spent on the book", label="share of reps' time spent on the book"),
    Column("margin_initial", "money", "margin on first purchases", label="margin on first purchases"),
    Column("margin_repeat", "money", "margin on repeat and cross-purchases", label="margin on repeat purchases"),
    Column("payment_loss", "money", "written off", label="amount written off"),
    Column("service_cost", "money", "service and resolution", label="cost of service and resolution"),
    Column("acquisition_cost", "money", "perks and attempts", label="cost of acquisition"),
    Column("pay_cost", "money", "salaries, subsidy, commission, less clawback, and hiring", label="pay and hiring of reps"),
    Column("fixed_cost", "money", "desk and firm", label="fixed cost of desk and firm"),
    Column(
        "sales_force_cost",
        "money",
        "salaries, subsidy, commission, less clawback, and hiring, discounted to the start",
        label="discounted cost of the sales force",
    ),
    Column("accrued_pay", "money", "earned and not paid when the run ends: open periods, and deferred pay not vested"),
    Column("trail_due", "money", "trail still to come when the run ends, if all customers there stay, before factors"),
    Column(
        "persistency_12",
        "share",
        "of those signed in the run who could have completed 12 months of contract, the share who did",
        MORE,
        label="share of customers still there after 12 months",
    ),
    Column(
        "persistency_24",
        "share",
        "of those signed in the run who could have completed 24 months of contract, the share who did",
        MORE,
        label="share of customers still there after 24 months",
    ),
)

#: What is made of the other tables when a run is over.
RUNS_LAST: tuple[Column, ...] = (
    Column(
        "residual_value",
        "money",
        "what customers still there at the end would bring later if they stayed as they were in the last year, discounted to the start; "
        "before pay and fixed cost, not in npv (n/a where it would not end)",
        MORE,
        label="residual value of the book at the end",
        short="residual value of the book",
    ),
)
#: Every outcome but the profit of each year.
OUTCOMES = RUNS_FIRST + RUNS_REST + RUNS_LAST

#: The outcomes that an answer shows, in its order: what the firm has of it, what the customers and the reps live through.
SHOWN = {
    "profit": ("npv", "residual_value", "promised_profit", "realised_profit", "share_loss_making", "bad_debt_ratio", "cost_to_serve"),
    "customers": ("signings", "lapses", "customers_end", "churn_rate", "persistency_12", "persistency_24", "satisfaction"),
    "reps": ("sales_force_cost", "rep_pay_mean", "variable_share", "rep_turnover", "hunting_share", "nurturing_share"),
}  # fmt: skip

COHORTS: tuple[Column, ...] = (
    Column("cohort", "year", "year of signing, from 1; 0 is the opening book"),
    Column("year", "year", "year of the simulation"),
    Column("signed", "customers", "signed in the cohort's year, or in the opening book"),
    Column("customers", "customers", "of them, active at the year's end"),
    Column("profit", "money", "on their accounts in the year"),
    Column("promised_profit", "money", "promised at signing for the year"),
)

WHALE: tuple[Column, ...] = (
    Column("share", "share", "of all customers, the opening book's included, most profitable first"),
    Column("profit_share", "share", "of total profit on accounts, earned by that share of customers"),
)

REPS: tuple[Column, ...] = (
    Column("rep", "seat", "which seat"),
    Column("hired_month", "month", "month in which the rep began; at the start of a run all begin"),
    Column("left_month", "month", "month in which the rep left, 0 for those there at the run's end"),
)

CUSTOMERS: tuple[Column, ...] = (
    Column("customer", "id", "seat * 2**32 + month * 2**20 + order of signing"),
    Column("rep", "seat", "whose book"),
    Column("signed_month", "month", "month of signing; 0 before the run: in the opening book"),
    Column("lapsed_month", "month", "month of exit, 0 while active; what is owed then is settled later"),
    Column("status", "code", "0 active, 1 lapsed, 2 written off"),
    Column("revenue", "money", "invoiced"),
    Column("cost_of_goods", "money", "cost of what was sold"),
    Column("acquisition", "money", "perks"),
    Column("service", "money", "contacts and visits"),
    Column("resolution", "money", "solutions, goodwill, collection"),
    Column("write_off", "money", "given up"),
    Column(
        "commission",
        "money",
        "charged to this account: for the signature, trail, on purchases and collections; less clawback claimed",
    ),
    Column("profit", "money", "what the account left"),
    Column("promised_profit", "money", "promised at signing for the months that have passed"),
    Column("collected", "money", "paid"),
    Column("outstanding", "money", "invoiced, neither paid nor written off"),
    Column("purchases", "purchases", "repeat purchases made"),
    Column("fit", "sd", "how well the product suits the customer"),
    Column("initial", "money", "first purchase: the first year's premium; of the opening book, what the term at the start costs"),
    Column("founder", "code", "1 in the opening book (`customers.at_start`), 0 signed in the run"),
    Column("referred", "code", "1 signed from a referred lead, 0 from a cold one or in the opening book"),
    Column("shortfall", "log odds", "by how much the contract lacks what the customer would have signed for unlured, at last"),
    Column("oversold", "share", "of the first purchase, sold beyond what was asked for and not dropped yet"),
    Column("complaints", "complaints", "made by the customer"),
)


def years(months: int) -> int:
    """Number of (started) years in a run of so many months."""
    return -(-months // 12)


def run_columns(months: int) -> tuple[Column, ...]:
    """Columns of the runs table for runs of `months` months."""
    profits = tuple(
        Column(f"profit_year_{year}", "money", f"profit of year {year}", MORE, label=f"profit of year {year}")
        for year in range(1, years(months) + 1)
    )
    return RUNS_FIRST + profits + RUNS_REST + RUNS_LAST


WHALE_SHARES = tuple(k / 20 for k in range(21))
