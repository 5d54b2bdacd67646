"""What a result rests on: scenarios and how they differ, the model, the assumptions, the limits, the sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sim.memo.blocks import Block, Paragraph, Points, Section, Table
from sim.memo.findings import Numbers
from sim.memo.words import number
from sim.number_text import short
from sim.plots.results import labels_of
from sim.scenario.describe import Parameter, parameters
from sim.scenario.model import Scenario
from sim.scheme_words import scheme_words
from sim.study import Study
from sim.study.provenance import identifier

MODEL = (
    "daarna is an agent-based Monte Carlo model in monthly steps. Reps, paid by a scheme, split their time between hunting for new customers, looking after "
    "those they have, and neither; they do so by projecting their own pay over their horizon with the very rules that later pay them. Customers differ in what they buy, "
    "how reliably they pay, how much service they need and how easily they leave; their satisfaction moves with what they get against what they "
    "expect, and losses loom larger than gains. A service desk with limited capacity handles contacts; at an unsolved complaint or an arrear the firm decides whether to "
    "seek a solution. All amounts are booked, and every account balances. Scenarios are compared on common random numbers: each meets the same prospects, contacts and moods."
)
ASSUMED = "assumed"
MUCH = 0.1  # of the discounted profit: a residual value beyond it is called much
REFERENCES = (
    "Glasserman, P. and Yao, D. D. (1992). Some guidelines and guarantees for common random numbers. Management Science 38(6), 884–908.",
    "Grimm, V. et al. (2020). The ODD protocol for describing agent-based and other simulation models: a second update. JASSS 23(2) 7.",
    "Holmström, B. and Milgrom, P. (1991). Multitask principal–agent analyses. Journal of Law, Economics, and Organization 7, 24–52.",
    "Hothorn, T., Bretz, F. and Westfall, P. (2008). Simultaneous inference in general parametric models. Biometrical Journal 50(3), 346–363.",
    "Salmon, J. K. et al. (2011). Parallel random numbers: as easy as 1, 2, 3. Proceedings of SC11.",
)


def loaded(study: Study) -> list[Scenario]:
    """The scenarios of a study."""
    return [Scenario.model_validate(full) for full in study.scenarios]


def question(study: Study) -> str:
    """What the scenarios are to answer."""
    asked = list(dict.fromkeys(scenario["question"] for scenario in study.scenarios if scenario["question"]))
    return " ".join(asked) or "What does the scheme do to the profitability of the book over the years?"


def scenarios(study: Study) -> Section:
    """The scenarios: what each pays, and the other parameters in which they differ."""
    known = list(labels_of(study).values())
    made = loaded(study)
    schemes = [(title if not k else "", line) for title, one in zip(known, made, strict=True) for k, line in enumerate(pays(one))]
    blocks: list[Block] = []
    if len(known) > 1:
        full = [str(scenario["title"]) for scenario in study.scenarios]
        named = [label if label == title else f"{label} ({title})" for label, title in zip(known, full, strict=True)]
        blocks.append(Paragraph(f"Compared are {', '.join(named[:-1])} and {named[-1]}."))
    blocks.append(Table("schemes", "What a rep is paid.", ("scenario", "pay"), tuple(schemes), 2))
    if rest := _differing(study, known, made):
        caption = "The other parameters in which the scenarios differ; all the rest are the same."
        blocks.append(Table("scenarios", caption, ("parameter", "unit", *known), tuple(rest), 2 + len(known)))
    return Section("Scenarios" if len(known) > 1 else "Scenario", tuple(blocks))


def pays(scenario: Scenario) -> list[str]:
    """Fixed and variable pay in words."""
    return [
        f"salary: {short(scenario.reps.salary)} {scenario.currency} a month",
        *scheme_words(scenario.scheme, scenario.currency),
    ]


def _differing(study: Study, known: list[str], made: list[Scenario]) -> list[tuple[str, ...]]:
    """Parameters beside salary and scheme of which the scenarios have different values."""
    rows = [{row.path: row for row in parameters(one)} for one in made]
    told = {"title", "question", "reps.salary"}
    found = []
    for path, row in rows[0].items():
        cells = [one[path] for one in rows if path in one]
        if path in told or path.startswith("scheme.") or not any(map(_told, cells)):
            continue
        if len({cell.value for cell in cells}) > 1 or len(cells) < len(known):
            values = (_cell(one[path]) if path in one else "–" for one in rows)
            found.append((path, row.unit.replace("money", study.currency), *values))
    return found


def _told(row: Parameter) -> bool:
    """Not what plays no part."""
    return "(not in play" not in row.meaning


def _cell(row: Parameter) -> str:
    return row.value if len(row.value) <= 40 else f"{row.value[:37]}…"


def assumptions(study: Study) -> Section:
    """How much of the world is assumed, and which assumptions are the scenario's own; the scheme is not one, but what is asked about."""
    base = loaded(study)[0]
    used = [
        row for row in parameters(base) if row.unit not in ("text", "code") and _told(row) and not row.path.startswith("scheme.")
    ]
    guessed = [row for row in used if ASSUMED in row.source.lower()]
    groups = Counter(row.path.partition(".")[0] for row in guessed)
    spread = ", ".join(f"{count} of {group}" for group, count in groups.most_common())
    intro = (
        f"Of the {len(used)} parameters in play that describe the world, {len(guessed)} are assumed, without a source ({spread}). The findings are "
        "about the model at these values. A conclusion that is to be relied on should survive their being halved and doubled."
    )
    defaults = {row.path: row.value for row in parameters(Scenario())}
    own = [row for row in guessed if row.value != defaults.get(row.path)]
    rows = tuple((row.path, _cell(row), row.unit.replace("money", study.currency), row.meaning, row.source) for row in own)
    blocks: list[Block] = [Paragraph(intro)]
    if rows:
        title = next(iter(labels_of(study).values()))
        caption = f"Assumptions made for {title}: where it departs from the model's defaults without a published source."
        blocks.append(Table("assumptions", caption, ("parameter", "value", "unit", "meaning", "source"), rows, 5))
    return Section("Assumptions", tuple(blocks))


def limits(numbers: Numbers) -> Section:
    """What the numbers do not say."""
    runs = numbers.study.about["runs"]
    points = (
        f"Intervals are Monte Carlo intervals: they tell how well {runs:,} runs know the model's mean, not how well the model knows the world.",
        "An interval covers its own outcome with 95%, not all outcomes at once: of twenty outcomes on which schemes do not differ, "
        "one will on average look different.",
        "Parameters that are assumed were held at one value here; their uncertainty is in no interval.",
        "Firms, reps and prices do not react to each other across firms: there is one firm, and its competitors are a background.",
        *_left_out(numbers),
        "What is established here holds for these scenarios. Another world can turn the sign, and in the model's own library one does.",
    )
    return Section("Limits", (Points(points),))


def _left_out(numbers: Numbers) -> Iterator[str]:
    """What the customers still there at the end would be worth, who are worth nothing in the profit of the months simulated."""
    for name, title in numbers.titles.items():
        value, there = numbers.level.get((name, "residual_value")), numbers.level[name, "customers_end"]
        if value is None or not value["n"] or not value["mean"]:
            continue
        npv = numbers.level[name, "npv"]["mean"]
        share = f", {abs(value['mean'] / npv):.0%} of the discounted profit" if npv > 0 else ""
        much = ", which is much" if abs(value["mean"]) > MUCH * abs(npv) else ""
        yield (
            f"The discounted profit ends with the last month simulated: under {title} {number(there['mean'], there['standard_error'])} customers are "
            f"still there then, and what they bring later is left out{much}. If each went on as the average customer of the last year, they would be "
            f"worth {number(value['mean'], value['standard_error'] or 0.0, numbers.study.currency)}{share}, before pay and fixed cost (the residual value of the book)."
        )


def references(study: Study) -> Section:
    """The model's references, and every source that the scenarios name."""
    named = [text for scenario in study.scenarios for text in scenario["sources"].values() if ASSUMED not in text.lower()]
    own = [text for text in dict.fromkeys(named) if any(letter.isdigit() for letter in text)]
    return Section("References", (Points((*REFERENCES, *(f"Scenario: {text}" for text in own))),))


def provenance(study: Study) -> Section:
    """Who wants to check it finds here what to do."""
    about = study.about
    facts = {
        "identifier": identifier(about),
        "content hash": about["content_hash"],
        "scenarios": ", ".join(study.names),
        "runs": f"{about['runs']:,} of each scenario",
        "seed": str(about["seed"]),
        "engine": about["engine"],
        "daarna": f"{about['daarna']}, model source {about['source']}",
        "packages": ", ".join(f"{name} {version}" for name, version in about["versions"].items() if name != "daarna"),
        "machine": about["machine"]["platform"],
        "made": about["date"],
        "command": about["command"],
    }
    rows = tuple((key, str(value)) for key, value in facts.items())
    note = "This file carries the scenarios in full. `daarna verify` with this file, or with any figure of it, makes every number again."
    return Section(
        "Provenance", (Paragraph(note.replace("`", "")), Table("provenance", "What made these numbers.", ("", ""), rows, 2))
    )
