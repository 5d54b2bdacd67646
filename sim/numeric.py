"""Elementary and special functions made of IEEE-exact operations only.

``exp`` and ``log`` of the C library differ in the last bit between platforms, so a result could not
be reproduced bit for bit by a stranger.  These use + - * / sqrt, floor and integer operations,
which IEEE 754 defines exactly; they are branch-free where it matters, so that LLVM vectorises loops.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import bits_to_float, float_to_bits, kernel, rule, shared

LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
LOG2_E = 1.4426950408889634
HALF_LOG_2PI = 0.9189385332046727
INV_SQRT_2PI = 0.3989422804014327


@rule
def low_bits(whole: float) -> int:
    """A whole number below 2**50, as the low 51 bits of an int64 (bit trick: vector units lack float to int64)."""
    return float_to_bits(whole + 6755399441055744.0)


@rule
def exp(x: float) -> float:
    """e**x to within a few units in the last place; x is clamped to [-708, 709]."""
    x = min(max(x, -708.0), 709.0)
    k = np.floor(x * LOG2_E + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    # Taylor to the 13th power in Estrin's order: short chains, so that the processor can work ahead
    r2 = r * r
    r4 = r2 * r2
    a = (1.0 + r) + r2 * (1.0 / 2.0 + r * (1.0 / 6.0))
    b = (1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0 + r * (1.0 / 5040.0))
    c = (1.0 / 40320.0 + r * (1.0 / 362880.0)) + r2 * (1.0 / 3628800.0 + r * (1.0 / 39916800.0))
    d = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
    p = (a + r4 * b) + (r4 * r4) * (c + r4 * d)
    return p * bits_to_float((low_bits(k) + np.int64(1023)) << np.int64(52))


@rule
def exp_above(x: float) -> float:
    """At least e**x and at most 6.2% more, in a fifth of the time: what may happen is seen by it, what does by :func:`exp`.

    2**n (1 + f) with n + f = x / ln 2 rounded up to the next 2**-20, as 2**f <= 1 + f between 0 and 1.
    """
    above = min(max(x, -708.0), 709.0) * (LOG2_E * 1048576.0) + 1.0  # the rounding of x / ln 2 and of the sum is less than 1
    return bits_to_float((low_bits(above) + np.int64(1023 * 1048576)) << np.int64(32))


@rule
def share_of(odds: float) -> float:
    """The probability that has these odds, which may be beyond all numbers: o / (1 + o)."""
    return 1.0 / (1.0 + 1.0 / odds)


@rule
def share_above(odds: float) -> float:
    """At least :func:`share_of`, without a division: the odds."""
    return odds


@shared
def log(x: float) -> float:
    """Natural logarithm of a positive normal number, by argument reduction and the atanh series."""
    bits = float_to_bits(x)
    k = (bits >> np.int64(52)) - np.int64(1023)
    m = bits_to_float((bits & np.int64(0xFFFFFFFFFFFFF)) | np.int64(0x3FF0000000000000))
    if m > 1.4142135623730951:
        m = m * 0.5
        k = k + np.int64(1)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 1.0 / 21.0
    p = p * z + 1.0 / 19.0
    p = p * z + 1.0 / 17.0
    p = p * z + 1.0 / 15.0
    p = p * z + 1.0 / 13.0
    p = p * z + 1.0 / 11.0
    p = p * z + 1.0 / 9.0
    p = p * z + 1.0 / 7.0
    p = p * z + 1.0 / 5.0
    p = p * z + 1.0 / 3.0
    return np.float64(k) * LN2_HIGH + (np.float64(k) * LN2_LOW + (2.0 * s + 2.0 * s * (z * p)))


@rule
def power(base: float, exponent: float) -> float:
    """base**exponent for base > 0."""
    return exp(exponent * log(base))


@shared
def normal_quantile(u: float) -> float:
    """Standard normal quantile for 0 < u < 1 (Wichura 1988, algorithm AS 241, PPND16)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        a = (
            (
                (
                    (
                        ((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r
                        + 4.5921953931549871457e4
                    )
                    * r
                    + 1.3731693765509461125e4
                )
                * r
                + 1.9715909503065514427e3
            )
            * r
            + 1.3314166789178437745e2
        ) * r + 3.3871328727963666080e0
        b = (
            (
                (
                    (
                        ((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r
                        + 2.1213794301586595867e4
                    )
                    * r
                    + 5.3941960214247511077e3
                )
                * r
                + 6.8718700749205790830e2
            )
            * r
            + 4.2313330701600911252e1
        ) * r + 1.0
        return q * a / b
    r = np.sqrt(-log(min(u, 1.0 - u)))
    if r <= 5.0:
        r = r - 1.6
        a = (
            (
                (
                    (
                        ((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r
                        + 1.27045825245236838258e0
                    )
                    * r
                    + 3.64784832476320460504e0
                )
                * r
                + 5.76949722146069140550e0
            )
            * r
            + 4.63033784615654529590e0
        ) * r + 1.42343711074968357734e0
        b = (
            (
                (
                    (
                        ((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r
                        + 1.48103976427480074590e-1
                    )
                    * r
                    + 6.89767334985100004550e-1
                )
                * r
                + 1.67638483018380384940e0
            )
            * r
            + 2.05319162663775882187e0
        ) * r + 1.0
    else:
        r = r - 5.0
        a = (
            (
                (
                    (
                        ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r
                        + 2.65321895265761230930e-2
                    )
                    * r
                    + 2.96560571828504891230e-1
                )
                * r
                + 1.78482653991729133580e0
            )
            * r
            + 5.46378491116411436990e0
        ) * r + 6.65790464350110377720e0
        b = (
            (
                (
                    (
                        ((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
                        + 7.86869131145613259100e-4
                    )
                    * r
                    + 1.48753612908506148525e-2
                )
                * r
                + 1.36929880922735805310e-1
            )
            * r
            + 5.99832206555887937690e-1
        ) * r + 1.0
    return a / b if q > 0.0 else -a / b


NORMAL_OCTAVES = 32  # halvings of 1/2 down to the smallest uniform, 2**-33
NORMAL_PARTS = 16  # of an octave


@kernel
def normal_table() -> np.ndarray:
    """Normal quantiles by octave [2**-(k+2), 2**-(k+1)) of the lower tail: [part, (value, slope per part) at both ends]."""
    table = np.empty((NORMAL_OCTAVES * NORMAL_PARTS, 4))
    for octave in range(NORMAL_OCTAVES):
        low = bits_to_float(np.int64(1022 - octave - 1) << np.int64(52))  # 2**-(octave + 2)
        step = low / NORMAL_PARTS
        for k in range(NORMAL_PARTS):
            row = table[octave * NORMAL_PARTS + k]
            for end in range(2):
                z = normal_quantile(low + (k + end) * step)
                row[2 * end] = z
                row[2 * end + 1] = step / normal_pdf(z)
    return table


@rule
def normal(table: np.ndarray, u: float) -> float:
    """Standard normal quantile of a uniform of 32 bits (never 1/2 itself), by cubic Hermite look-up.

    Within 1e-7 of :func:`normal_quantile`, and a third of its time: the octave and part are read off the bits of u.
    """
    v = min(u, 1.0 - u)
    bits = float_to_bits(v)
    octave = np.int64(1021) - (bits >> np.int64(52))
    part = (bits >> np.int64(48)) & np.int64(15)
    t = bits_to_float((bits & np.int64(0xFFFFFFFFFFFF)) << np.int64(4) | np.int64(0x3FF0000000000000)) - 1.0
    row = octave * NORMAL_PARTS + part
    s = 1.0 - t
    z = table[row, 0] * (s * s * (1.0 + 2.0 * t)) + table[row, 2] * (t * t * (3.0 - 2.0 * t))
    z += table[row, 1] * (t * s * s) - table[row, 3] * (t * t * s)
    return z if u < 0.5 else -z


@shared
def log_gamma(x: float) -> float:
    """log Gamma(x) for x > 0: recurrence up to 12, then Stirling's series."""
    shift = 0.0
    while x < 12.0:
        shift += log(x)
        x += 1.0
    z = 1.0 / (x * x)
    series = (1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0 - z * (1.0 / 1680.0 - z * (1.0 / 1188.0))))) / x
    return (x - 0.5) * log(x) - x + HALF_LOG_2PI + series - shift


@shared
def log_gamma_tails(a: float, log_x: float) -> tuple[float, float]:
    """log P(a, x) and log Q(a, x), the regularised incomplete gamma functions, x given as its log.

    Series below a + 1, Lentz's continued fraction above (Abramowitz & Stegun 6.5.29, 6.5.31).
    """
    x = exp(log_x)
    front = a * log_x - x - log_gamma(a)
    if x < a + 1.0:
        term = 1.0 / a
        total = term
        n = a
        while term > total * 1e-17:
            n += 1.0
            term *= x / n
            total += term
        lower = min(front + log(total), -1e-300)
        return lower, log(max(1.0 - exp(lower), 1e-300))
    b = x + 1.0 - a
    c = 1e300
    d = 1.0 / b
    h = d
    for i in range(1, 100_000):
        an = -i * (i - a)
        b += 2.0
        d = an * d + b
        d = 1.0 / (d if abs(d) > 1e-300 else 1e-300)
        c = b + an / c
        c = c if abs(c) > 1e-300 else 1e-300
        change = c * d
        h *= change
        if not abs(change - 1.0) >= 1e-16:
            break
    upper = min(front + log(h), -1e-300)
    return log(max(1.0 - exp(upper), 1e-300)), upper


@shared
def log_beta_lower(a: float, b: float, logit_x: float) -> float:
    """log I_x(a, b), by Lentz's continued fraction (Numerical Recipes 6.4); x given as its logit.

    Valid (fast) for x below (a + 1) / (a + b + 2); the caller swaps the tails otherwise.
    """
    log_x = -log(1.0 + exp(-logit_x)) if logit_x > -700.0 else logit_x
    log_y = -log(1.0 + exp(logit_x))
    x = exp(log_x)
    front = a * log_x + b * log_y + log_gamma(a + b) - log_gamma(a) - log_gamma(b) - log(a)
    c = 1.0
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > 1e-300 else 1e-300)
    h = d
    for m in range(1, 100_000):
        for aa in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + aa * d
            d = 1.0 / (d if abs(d) > 1e-300 else 1e-300)
            c = 1.0 + aa / c
            c = c if abs(c) > 1e-300 else 1e-300
            h *= d * c
        if not abs(d * c - 1.0) >= 1e-16:
            break
    return front + log(h)


@shared
def log_beta_tails(a: float, b: float, logit_x: float) -> tuple[float, float]:
    """log I_x(a, b) and log(1 - I_x(a, b)), x given as its logit."""
    x = 1.0 / (1.0 + exp(-logit_x))
    if x < (a + 1.0) / (a + b + 2.0):
        lower = min(log_beta_lower(a, b, logit_x), -1e-300)
        return lower, log(max(1.0 - exp(lower), 1e-300))
    upper = min(log_beta_lower(b, a, -logit_x), -1e-300)
    return log(max(1.0 - exp(upper), 1e-300)), upper


@shared
def log_normal_tails(z: float) -> tuple[float, float]:
    """log Phi(z) and log(1 - Phi(z)), through the incomplete gamma function of z^2 / 2."""
    if z == 0.0:
        return log(0.5), log(0.5)
    inside, outside = log_gamma_tails(0.5, log(0.5 * z * z))
    small = outside + log(0.5)
    large = log(0.5 + 0.5 * exp(inside))
    return (small, large) if z < 0.0 else (large, small)


@rule
def normal_cdf(z: float) -> float:
    """Standard normal distribution function."""
    return exp(log_normal_tails(z)[0])


@rule
def normal_pdf(z: float) -> float:
    """Standard normal density."""
    return INV_SQRT_2PI * exp(-0.5 * z * z)


@shared
def _gap(is_beta: bool, a: float, b: float, x: float, lower: float, upper: float, use_lower: bool) -> float:
    got = log_beta_tails(a, b, x) if is_beta else log_gamma_tails(a, x)
    return got[0] - lower if use_lower else upper - got[1]


@shared
def transformed_quantile(is_beta: bool, a: float, b: float, z: float) -> float:
    """Log of the Gamma(a, 1) quantile, or logit of the Beta(a, b) quantile, at probability Phi(z).

    Bracketed bisection and secant steps (Illinois) on the log of the nearer tail.
    """
    lower, upper = log_normal_tails(z)
    use_lower = z <= 0.0
    low, high = -1.0, 1.0
    while _gap(is_beta, a, b, low, lower, upper, use_lower) > 0.0 and low > -1e5:
        low *= 2.0
    while _gap(is_beta, a, b, high, lower, upper, use_lower) < 0.0 and high < 600.0:
        high *= 2.0
    f_low = _gap(is_beta, a, b, low, lower, upper, use_lower)
    f_high = _gap(is_beta, a, b, high, lower, upper, use_lower)
    if f_low > 0.0 or f_high < 0.0:  # beyond what an exponential can tell from its ends
        return low if f_low > 0.0 else high
    for step in range(200):
        guess = (low * f_high - high * f_low) / (f_high - f_low) if step % 3 else 0.5 * (low + high)
        f = _gap(is_beta, a, b, guess, lower, upper, use_lower)
        if f <= 0.0:
            low, f_low = guess, f
        else:
            high, f_high = guess, f
        if high - low < 1e-14 * (1.0 + abs(low)) or f == 0.0:
            return guess
    return 0.5 * (low + high)


TABLE_LOW = -6.5
TABLE_STEP = 1.0 / 64.0
TABLE_NODES = 833


@kernel
def quantile_table(is_beta: bool, a: float, b: float) -> np.ndarray:
    """Transformed quantiles on a grid of z in [-6.5, 6.5], [node, (value, slope per step)].

    A draw costs one look-up (:func:`interpolate`) and any two traits can be correlated through z.
    """
    table = np.empty((TABLE_NODES, 2))
    for i in range(TABLE_NODES):
        table[i, 0] = transformed_quantile(is_beta, a, b, TABLE_LOW + i * TABLE_STEP)
    for i in range(2, TABLE_NODES - 2):
        table[i, 1] = (8.0 * (table[i + 1, 0] - table[i - 1, 0]) - (table[i + 2, 0] - table[i - 2, 0])) / 12.0
    for i in (0, 1):
        table[i, 1] = table[2, 1] + (i - 2) * (table[3, 1] - table[2, 1])
        j = TABLE_NODES - 1 - i
        table[j, 1] = table[TABLE_NODES - 3, 1] + (2 - i) * (table[TABLE_NODES - 3, 1] - table[TABLE_NODES - 4, 1])
    return table


@rule
def interpolate(table: np.ndarray, z: float) -> float:
    """Cubic Hermite look-up in a :func:`quantile_table`; z is clamped to the grid."""
    place = min(max((z - TABLE_LOW) / TABLE_STEP, 0.0), TABLE_NODES - 1.000001)
    i = np.int64(place)
    t = place - i
    v0, m0 = table[i, 0], table[i, 1]
    v1, m1 = table[i + 1, 0], table[i + 1, 1]
    s = 1.0 - t
    return v0 * (s * s * (1.0 + 2.0 * t)) + v1 * (t * t * (3.0 - 2.0 * t)) + m0 * (t * s * s) - m1 * (t * t * s)
