"""The rules compile to PTX, a GPU's assembly, without a device: nothing in it is fused or approximate, and nothing is missing.

LLVM has what it takes; no toolkit of NVIDIA's is asked.  This shows that the rules can be compiled for a GPU so that each operation is
IEEE's, in the written order.  It does not run them: there is no engine for a GPU, and arrays are as numba lays them out for a processor.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from tests.conftest import ROOT

COMPILED = """
import json, re, sys
import llvmlite.binding as binding
import numba
import numpy as np
from numba import types
from sim import compiled, llvm

compiled.Compiled.targetdescr = llvm.Target("cpu")  # as in the process that compiles: rules with all they call, not yet optimised
from sim.accounts import MONTH
from sim.rules import career, hunting, planning, steps
from sim.scenario.model import Scenario
from sim.scenario.record import build
from sim.scheme import measures, settle
from sim.state import CLOCK, CUSTOMER, DESK, FIRM, MOMENT, REP, TALLY, new_ledgers, seat_ledger

setup = build(Scenario(scheme={"components": [{"measure": "signings", "rate": 1.0}]}))
records = {"clock": CLOCK, "customer": CUSTOMER, "moment": MOMENT, "rep": REP, "tally": TALLY, "agent": DESK, "firm": FIRM, "row": MONTH}
given = {name: np.zeros(1, record)[0] for name, record in records.items()}
given |= {"params": setup.params[0], "components": setup.components, "desk": np.zeros(1, DESK), "leavers": np.zeros(1, CUSTOMER)}
given |= {"team": np.zeros(1), "ledger": seat_ledger(new_ledgers(1, 1, 12, 24, measures.COUNT, 15, 5), 0)}
kinds = {name: numba.typeof(value) for name, value in given.items()}
kinds |= {"order": types.int64, "warm": types.boolean, "w": types.float64, "u": types.UniTuple(types.float64, 8)}
RULES = {
    "a customer's month": (steps.customer_month,), "planning": (planning.plan,), "signing": (hunting.prospect, hunting.sign),
    "settlement": (settle.measure_month, career.payday, career.evening, settle.customers_left),
}
binding.initialize_all_targets()
binding.initialize_all_asmprinters()
binding.set_option("ptx", sys.argv[2])
machine = binding.Target.from_triple("nvptx64-nvidia-cuda").create_target_machine(cpu="sm_80", opt=3)

def assembly(rule):
    function = rule.py_func
    signature = tuple(kinds[name] for name in function.__code__.co_varnames[: function.__code__.co_argcount])
    rule.compile(signature)
    made = rule.overloads[signature]
    text = made.library.get_llvm_str().replace("@sqrt(", "@llvm.sqrt.f64(")  # IEEE's, where a processor has an instruction for it too
    text = re.sub(r"^define [^\\n]*@NRT_\\w+\\([^\\n]*\\n(.*?\\n)*?}\\n", "", text, flags=re.M)  # arrays are not counted there
    text = re.sub(r"^target [^\\n]*", "", text, flags=re.M)
    for name in set(re.findall(r"@(NRT_\\w+)\\(", text)):
        text = re.sub(rf"^declare [^\\n]*@{name}\\([^\\n]*", "", text, flags=re.M)
    text += "".join(f"define void @{name}(ptr %owned) {{ ret void }}\\n" for name in ("NRT_incref", "NRT_decref"))
    module = binding.parse_assembly(text)
    module.triple, module.data_layout = "nvptx64-nvidia-cuda", str(machine.target_data)
    for one in (*module.functions, *module.global_variables):
        if not one.is_declaration:
            one.linkage = "external" if one.name == made.fndesc.mangled_name else "internal"
    builder = binding.create_pass_builder(machine, binding.create_pipeline_tuning_options(speed_level=2))
    builder.getModulePassManager().run(module, builder)
    return machine.emit_assembly(module)

print(json.dumps([assembly(rule) for rule in RULES[sys.argv[1]]]))
"""
EXACT = ("add.rn", "sub.rn", "mul.rn", "div.rn", "rcp.rn", "sqrt.rn")  # ptxas fuses nothing that says how it is rounded


def assembly(rules: str, option: str = "-nvptx-fma-level=0") -> list[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", COMPILED, rules, option], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    made: list[str] = json.loads(done.stdout)
    return made


def arithmetic(text: str) -> Counter[str]:
    """The instructions that reckon with floating-point numbers and may round: how often each is there."""
    found = re.findall(
        r"^\s+(?:@!?%p\d+ )?((?:add|sub|mul|div|rcp|sqrt|fma|mad|ex2|lg2|sin|cos|rsqrt|tanh)\.[a-z0-9.]*f\d\d)\b", text, re.M
    )
    return Counter(found)


@pytest.mark.slow
@pytest.mark.parametrize("rules", ["a customer's month", "planning", "signing", "settlement"])
def test_rules_compile_to_exact_ptx(rules: str) -> None:
    for text in assembly(rules):
        assert ".visible .func" in text and ".extern" not in text and ".approx" not in text and ".ftz" not in text
        found = arithmetic(text)
        assert found and {name.removesuffix(".f64") for name in found} <= set(EXACT), found


@pytest.mark.slow
def test_what_is_fused_would_be_seen() -> None:
    assert any(name.startswith("fma.") for text in assembly("signing", "-nvptx-fma-level=2") for name in arithmetic(text))
