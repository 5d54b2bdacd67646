"""Every liberty taken with numba and LLVM, each with what it does, what breaks without it and what it gains.

The functions below are *intrinsics*, numba's own way to say something to LLVM that Python cannot; :class:`Target` is a target
made by subclassing numba's.  Nothing of numba's is replaced.  ``python -m benchmarks`` measures each gain (group "Compiler").
Where the rules are not compiled, :mod:`sim.uncompiled` has plain functions of the same names.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.codegen import JITCodeLibrary, JITCPUCodegen
from numba.core.registry import CPUTarget, cpu_target
from numba.extending import intrinsic


class _Library(JITCodeLibrary):  # type: ignore[misc]
    """A function with all it calls; while a rule is compiled for its callers, it is neither optimised nor made machine code."""

    def _optimize_final_module(self) -> None:
        if not self.codegen.for_callers:
            super()._optimize_final_module()

    def _finalize_specific(self) -> None:
        if not self.codegen.for_callers:
            super()._finalize_specific()


class _Codegen(JITCPUCodegen):  # type: ignore[misc]
    _library_class = _Library
    for_callers = False

    def _add_module(self, module: Any) -> Any:
        return None if self.for_callers else super()._add_module(module)

    def set_env(self, name: str, env: Any) -> None:
        if not self.for_callers:
            super().set_env(name, env)


class Target(CPUTarget):  # type: ignore[misc]
    """For what the compiler compiles: the function that Python calls is optimised, and what it calls is with it, once.

    numba optimises every function with all it calls, at every level of calls anew, and makes machine code of each.  Without
    this, compiling the model takes half as long again; the machine code differs, its numbers do not.  It is numba's own
    target with another code generator, and only the compiler's process has it (:mod:`sim.compiler_process`).
    """

    @cached_property
    def target_context(self) -> Any:
        """numba's, with a code generator that knows of callers."""
        numbas = cpu_target.target_context
        numbas.refresh()
        return numbas.subtarget(_internal_codegen=_Codegen("daarna"))

    @property
    def typing_context(self) -> Any:
        """numba's."""
        return cpu_target.typing_context


@contextmanager
def for_callers(context: Any) -> Iterator[None]:
    """Compile a rule for the functions that call it, as :class:`Target` says; in another target, as numba does."""
    context.refresh()  # not within: what numba compiles for itself is called
    codegen = context.codegen()
    if not isinstance(codegen, _Codegen):
        yield
        return
    before, codegen.for_callers = codegen.for_callers, True
    try:
        yield
    finally:
        codegen.for_callers = before


@intrinsic
def bits_to_float(typing_context, bits):  # type: ignore[no-untyped-def]
    """The float64 whose IEEE-754 bit pattern is the given int64."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], context.get_value_type(types.float64))

    return types.float64(types.int64), generate


@intrinsic
def float_to_bits(typing_context, number):  # type: ignore[no-untyped-def]
    """The IEEE-754 bit pattern of a float64, as int64."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], context.get_value_type(types.int64))

    return types.int64(types.float64), generate


@intrinsic
def is_set(typing_context, flag):  # type: ignore[no-untyped-def]
    """Whether the one int64 of an array is not 0 by now: read from memory at every call, since another thread may set it."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        found = builder.load_atomic(view.data, "monotonic", 8)
        return builder.icmp_signed("!=", found, ir.Constant(ir.IntType(64), 0))

    return types.boolean(flag), generate


@intrinsic
def borrowed(typing_context, owned):  # type: ignore[no-untyped-def]
    """The same array, or tuple of arrays, without a claim on its memory: handing it on costs no reference counting.

    The owner must be used after the last use of what was borrowed: numba may free what a function itself has made
    while only a borrowed view of it is left.  What a compiled function was given lives until it returns.
    """

    def unclaimed(context, builder, kind, array):  # type: ignore[no-untyped-def]
        view = context.make_array(kind)(context, builder, array)
        view.meminfo = view.meminfo.type(None)
        return view._getvalue()

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        kind = signature.return_type
        if isinstance(kind, types.Array):
            return unclaimed(context, builder, kind, arguments[0])
        arrays = zip(kind, cgutils.unpack_tuple(builder, arguments[0]), strict=True)
        return context.make_tuple(builder, kind, [unclaimed(context, builder, *each) for each in arrays])

    return owned(owned), generate


@intrinsic
def own_copy(typing_context, record):  # type: ignore[no-untyped-def]
    """A copy of a record, gone when the function returns: what is written to it need not reach memory, and overlaps nothing."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        byte, size = ir.IntType(8), signature.return_type.size
        made = cgutils.alloca_once(builder, ir.ArrayType(byte, size), name="copy")
        source, target = (builder.bitcast(place, byte.as_pointer()) for place in (arguments[0], made))
        cgutils.raw_memcpy(builder, target, source, ir.Constant(ir.IntType(64), size), 1)
        return made

    return record(record), generate


@intrinsic
def own_part(typing_context, record, dtype, off):  # type: ignore[no-untyped-def]
    """As :func:`own_copy`, but a record of those fields alone that `dtype` names, as far as the record has them.

    The fields that `off` names are not copied: they are 0, and the compiler knows it.
    """
    part = types.Record.make_c_struct([(name, record.typeof(name)) for name in dtype.dtype.fields if name in record.fields])

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        byte, whole = ir.IntType(8), ir.IntType(64)
        made = cgutils.alloca_once(builder, ir.ArrayType(byte, part.size), name="part")
        source, target = (builder.bitcast(place, byte.as_pointer()) for place in (arguments[0], made))
        cgutils.memset(builder, target, whole(part.size), 0)
        for name in (name for name in part.fields if name not in off.dtype.fields):
            places = builder.gep(target, [whole(part.offset(name))]), builder.gep(source, [whole(record.offset(name))])
            cgutils.raw_memcpy(builder, *places, whole(context.get_abi_sizeof(context.get_data_type(part.typeof(name)))), 1)
        return made

    return part(record, dtype, off), generate


@intrinsic
def blank(typing_context, dtype):  # type: ignore[no-untyped-def]
    """A record of zeros, gone when the function returns (as :func:`own_copy`)."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        byte, whole, size = ir.IntType(8), ir.IntType(64), signature.return_type.size
        made = cgutils.alloca_once(builder, ir.ArrayType(whole, (size + 7) // 8), name="blank")
        made = builder.bitcast(made, byte.as_pointer())
        cgutils.memset(builder, made, whole(size), 0)
        return builder.bitcast(made, ir.ArrayType(byte, size).as_pointer())

    return dtype.dtype(dtype), generate


@intrinsic
def clear(typing_context, record):  # type: ignore[no-untyped-def]
    """Every field of a record is 0."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        start, size = builder.bitcast(arguments[0], ir.IntType(8).as_pointer()), ir.Constant(ir.IntType(64), record.size)
        cgutils.memset(builder, start, size, 0)
        return context.get_dummy_value()

    return types.void(record), generate


def _places(context, builder, signature, arguments, fields):  # type: ignore[no-untyped-def]
    """For each of the fields: (where it stands in the record, its type, where it stands in the columns)."""
    columns, i, record = arguments[:3]
    kinds, data = signature.args, context.make_array(signature.args[0])(context, builder, columns).data
    start, whole = builder.bitcast(record, ir.IntType(8).as_pointer()), ir.IntType(64)
    row = kinds[3].literal_value
    for number, name in enumerate(fields):
        kind = kinds[2].typeof(name)
        place = builder.gep(start, [whole(kinds[2].offset(name))])
        column = builder.gep(data, [builder.add(i, whole(number * row))])
        yield builder.bitcast(place, context.get_data_type(kind).as_pointer()), kind, column


@intrinsic(prefer_literal=True)
def read_columns(typing_context, columns, i, record, row, dtype):  # type: ignore[no-untyped-def]
    """Set the fields that `dtype` names, in its order, from columns of float64: the k-th from columns[k * row + i]."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        for place, kind, column in _places(context, builder, signature, arguments, dtype.dtype.fields):
            value = context.cast(builder, builder.load(column), types.float64, kind)
            builder.store(value, place, align=1)
        return context.get_dummy_value()

    return types.void(columns, types.int64, record, row, dtype), generate


@intrinsic(prefer_literal=True)
def write_columns(typing_context, columns, i, record, row, dtype):  # type: ignore[no-untyped-def]
    """Write the fields that `dtype` names to columns of float64, as :func:`read_columns` reads them."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        for place, kind, column in _places(context, builder, signature, arguments, dtype.dtype.fields):
            value = context.cast(builder, builder.load(place, align=1), kind, types.float64)
            builder.store(value, column)
        return context.get_dummy_value()

    return types.void(columns, types.int64, record, row, dtype), generate


@intrinsic
def add_whole(typing_context, sums, record, added):  # type: ignore[no-untyped-def]
    """Add to every field of the record `sums`, of int64, that of the same name of another, whole numbers below 2**50, if `added`.

    Whole numbers may be added in any order, so that a loop with it is vectorised; vector units lack float to int64.
    """

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        whole, number = ir.IntType(64), ir.DoubleType()
        there, zero, magic = signature.args[1], whole(0x4338000000000000), number(6755399441055744.0)
        starts = [builder.bitcast(place, ir.IntType(8).as_pointer()) for place in arguments[:2]]
        for name in signature.args[0].fields:
            sum_ = builder.bitcast(builder.gep(starts[0], [whole(signature.args[0].offset(name))]), whole.as_pointer())
            value = builder.bitcast(builder.gep(starts[1], [whole(there.offset(name))]), number.as_pointer())
            low = builder.bitcast(builder.fadd(builder.load(value, align=1), magic), whole)
            more = builder.select(arguments[2], builder.sub(low, zero), whole(0))
            builder.store(builder.add(builder.load(sum_, align=1), more), sum_, align=1)
        return context.get_dummy_value()

    return types.void(sums, record, types.boolean), generate


@intrinsic
def fetch_ahead(typing_context, records, i):  # type: ignore[no-untyped-def]
    """Ask the processor for the first five cache lines of a record of an array that will be needed soon; changes nothing."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        byte, whole = ir.IntType(8), ir.IntType(32)
        start = builder.bitcast(builder.gep(view.data, [arguments[1]]), byte.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [byte.as_pointer(), whole, whole, whole])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte.as_pointer()], kind)
        for line in range(5):
            place = builder.gep(start, [ir.Constant(ir.IntType(64), 64 * line)])
            builder.call(fetch, [place, whole(1), whole(3), whole(1)])
        return context.get_dummy_value()

    return types.void(records, types.int64), generate


@intrinsic
def still_used(typing_context, owned):  # type: ignore[no-untyped-def]
    """Keep what was :func:`borrowed` alive to here: numba frees an array after the last use of its owner, and this is one.

    It does nothing.  Without it a function that goes on with a borrowed view of an array, or with a record of it, after its
    last use of the array itself would read what something else has been written over.
    """

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return context.get_dummy_value()

    return types.void(owned), generate
