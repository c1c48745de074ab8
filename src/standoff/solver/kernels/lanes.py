"""Many numbers at once: a small vector type for compiled kernels.

A `Lanes` value holds one float64 (or int32) for each of WIDTH belief points and becomes a few machine registers: two
of the widest, so that one waits while the other works. Arithmetic with other lanes or with a plain number is elementwise; `get` and `put` move lanes from
and to arrays whose last axis is the lane. Written as LLVM vector instructions, so that speed does not hang on
what the compiler's loop vectoriser makes of a loop; on machines without wide registers LLVM splits them.

    get(array, i, k)   lanes ``array[i, k, :]``           splat(x)       x in every lane
    put(array, i, k, v)                                   pick(a > b, x, y) is ``where(a, b, x, y)``
    gather(flat, at, index)   ``flat[at + index]``        floor, whole (to int32), exp, larger, smaller, largest
    line(flat, at), put_line(flat, at, v)                 LINE neighbours of a flat array
"""

from __future__ import annotations

import operator

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

WIDTH = 16  # lanes
LINE = 8  # columns of a line
_F64, _I32, _I64 = ir.DoubleType(), ir.IntType(32), ir.IntType(64)
_FLOATS, _INTS = ir.VectorType(_F64, WIDTH), ir.VectorType(_I32, WIDTH)
_LONGS, _MASK = ir.VectorType(_I64, WIDTH), ir.VectorType(ir.IntType(1), WIDTH)
_PLACES = ir.VectorType(ir.PointerType(_F64), WIDTH)


class Lanes(types.Type):
    """Numba type of `width` numbers, with their LLVM type."""

    def __init__(self, kind: str, width: int, vector: ir.VectorType) -> None:
        self.vector = vector
        super().__init__(name=f"Lanes({width} x {kind})")


FLOATS, INTS = Lanes("float64", WIDTH, _FLOATS), Lanes("int32", WIDTH, _INTS)
COLUMNS = Lanes("float64", LINE, ir.VectorType(_F64, LINE))


@register_model(Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, fe_type.vector)


def _everywhere(builder, scalar, vector):
    empty = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(empty, scalar, ir.Constant(_I32, 0))
    zeros = ir.Constant(ir.VectorType(_I32, vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, empty, zeros)


def _splat(lanes):
    @intrinsic
    def apply(ctx, x):
        def emit(context, builder, sig, args):
            return _everywhere(builder, context.cast(builder, args[0], sig.args[0], types.float64), lanes.vector)

        return lanes(x), emit

    return apply


splat = _splat(FLOATS)  # the number x in every lane
along = _splat(COLUMNS)  # the number x in every column


def _elementwise(name):
    @intrinsic
    def apply(ctx, a, b):
        def emit(context, builder, sig, args):
            return getattr(builder, name)(*args)

        return a(a, b), emit

    return apply


def _arithmetic(symbol, on_floats, on_ints):
    floats = _elementwise(on_floats)
    ints = _elementwise(on_ints) if on_ints else None

    @overload(symbol)
    def apply(a, b):
        if a is INTS and b is INTS and ints is not None:
            return lambda a, b: ints(a, b)
        if a is b and (a is FLOATS or a is COLUMNS):
            return lambda a, b: floats(a, b)
        if a is FLOATS and isinstance(b, types.Number):
            return lambda a, b: floats(a, splat(b))
        if b is FLOATS and isinstance(a, types.Number):
            return lambda a, b: floats(splat(a), b)
        return None


_arithmetic(operator.add, "fadd", "add")
_arithmetic(operator.sub, "fsub", "sub")
_arithmetic(operator.mul, "fmul", "mul")
_arithmetic(operator.truediv, "fdiv", None)


def _pointer(context, builder, array_type, array, indices, index_types):
    """Pointer to the element at the leading indices, the other indices being zero."""
    view = context.make_array(array_type)(context, builder, array)
    full = [context.cast(builder, i, t, types.intp) for i, t in zip(indices, index_types, strict=True)]
    full += [context.get_constant(types.intp, 0)] * (array_type.ndim - len(full))
    return cgutils.get_item_pointer(context, builder, array_type, view, full, wraparound=False)


@intrinsic
def get(ctx, array, i, k):
    """Lanes ``array[i, k, :]``."""
    lanes = FLOATS if array.dtype == types.float64 else INTS

    def emit(context, builder, sig, args):
        at = _pointer(context, builder, sig.args[0], args[0], args[1:], sig.args[1:])
        return builder.load(builder.bitcast(at, lanes.vector.as_pointer()), align=4)

    return lanes(array, i, k), emit


@intrinsic
def put(ctx, array, i, k, value):
    """``array[i, k, :] = value``."""

    def emit(context, builder, sig, args):
        at = _pointer(context, builder, sig.args[0], args[0], args[1:3], sig.args[1:3])
        builder.store(args[3], builder.bitcast(at, args[3].type.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.none(array, i, k, value), emit


@intrinsic
def line(ctx, flat, at):
    """Columns ``flat[at : at + LINE]``."""

    def emit(context, builder, sig, args):
        place = _pointer(context, builder, sig.args[0], args[0], args[1:], sig.args[1:])
        return builder.load(builder.bitcast(place, COLUMNS.vector.as_pointer()), align=8)

    return COLUMNS(flat, at), emit


@intrinsic
def put_line(ctx, flat, at, value):
    """``flat[at : at + LINE] = value``."""

    def emit(context, builder, sig, args):
        place = _pointer(context, builder, sig.args[0], args[0], args[1:2], sig.args[1:2])
        builder.store(args[2], builder.bitcast(place, COLUMNS.vector.as_pointer()), align=8)
        return context.get_dummy_value()

    return types.none(flat, at, value), emit


@intrinsic
def gather(ctx, flat, at, index):
    """``flat[at + index]`` for int32 lanes `index`."""

    def emit(context, builder, sig, args):
        origin = _pointer(context, builder, sig.args[0], args[0], args[1:2], sig.args[1:2])
        offset = builder.shl(builder.sext(args[2], _LONGS), ir.Constant(_LONGS, [3] * WIDTH))
        address = builder.add(_everywhere(builder, builder.ptrtoint(origin, _I64), _LONGS), offset)
        shape = ir.FunctionType(_FLOATS, [_PLACES, _I32, _MASK, _FLOATS])
        load = cgutils.get_or_insert_function(builder.module, shape, f"llvm.masked.gather.v{WIDTH}f64.v{WIDTH}p0")
        every = ir.Constant(_MASK, [1] * WIDTH)
        places = builder.inttoptr(address, _PLACES)
        return builder.call(load, [places, ir.Constant(_I32, 8), every, ir.Constant(_FLOATS, ir.Undefined)])

    return FLOATS(flat, at, index), emit


def _llvm(name, returns, result):
    @intrinsic
    def apply(ctx, a):
        def emit(context, builder, sig, args):
            shape = ir.FunctionType(returns, [_FLOATS])
            return builder.call(cgutils.get_or_insert_function(builder.module, shape, f"llvm.{name}.v{WIDTH}f64"), args)

        return result(a), emit

    return apply


floor = _llvm("floor", _FLOATS, FLOATS)
_nearest = _llvm("rint", _FLOATS, FLOATS)
largest = _llvm("vector.reduce.fmax", _F64, types.float64)


@intrinsic
def where(ctx, a, b, x, y):
    """``x`` in lanes where ``a > b``, else ``y``."""

    def emit(context, builder, sig, args):
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[2], args[3])

    return x(a, b, x, y), emit


@intrinsic
def whole(ctx, a):
    """Float lanes cut to int32 lanes."""

    def emit(context, builder, sig, args):
        return builder.fptosi(args[0], _INTS)

    return INTS(a), emit


@intrinsic
def _times_power_of_two(ctx, a, k):
    """``a * 2**k`` for whole-numbered float lanes k, by adding k to the exponent bits."""

    def emit(context, builder, sig, args):
        power = builder.shl(builder.sext(builder.fptosi(args[1], _INTS), _LONGS), ir.Constant(_LONGS, [52] * WIDTH))
        return builder.bitcast(builder.add(builder.bitcast(args[0], _LONGS), power), _FLOATS)

    return FLOATS(a, k), emit


_LANE = {"forceinline": True, "_nrt": False, "error_model": "numpy", "fastmath": {"contract"}}


@njit(**_LANE)
def larger(a, b):
    return where(a, b, a, b)


@njit(**_LANE)
def smaller(a, b):
    return where(a, b, b, a)


@njit(**_LANE)
def exp(x):
    """``e**x`` to within 1 unit in the last place, for x <= 700; below -700 it stays at e**-700.

    Reduced to |r| <= log(2)/2 and Taylor's series to degree 13.
    """
    x = larger(x, splat(-700.0))
    k = _nearest(x * 1.4426950408889634)
    r = x - k * 6.93147180369123816490e-01
    r = r - k * 1.90821492927058770002e-10
    r2 = r * r
    r4 = r2 * r2
    a = (r + 1.0) + r2 * (r * (1.0 / 6.0) + 0.5)
    b = (r * (1.0 / 120.0) + 1.0 / 24.0) + r2 * (r * (1.0 / 5040.0) + 1.0 / 720.0)
    c = (r * (1.0 / 362880.0) + 1.0 / 40320.0) + r2 * (r * (1.0 / 39916800.0) + 1.0 / 3628800.0)
    d = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0
    return _times_power_of_two(a + r4 * (b + r4 * (c + r4 * d)), k)
