"""Currencies and amounts: what is known, how many decimals, the least and the most that can be charged."""

from e2e.stripe_emulator.errors import ParamError
from e2e.stripe_emulator.store import words

# docs.stripe.com/currencies, presentment currencies.
CURRENCIES = words(
    """usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf
    chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr
    ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr
    mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd
    shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar
    zmw"""
)
ZERO_DECIMAL = words("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
THREE_DECIMAL = words("bhd jod kwd omr tnd")
MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
MAXIMUM = 99_999_999


def check_currency(currency: str, param: str) -> str:
    """The currency if Stripe takes it; only lowercase codes count."""
    if currency not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        raise ParamError(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: {known}", param=param
        )
    return currency


def check_amount(amount: int, currency: str, param: str) -> int:
    """The amount if it can be charged in that currency."""
    if amount < minimum(currency):
        raise ParamError(
            f"Amount must be at least {format_amount(minimum(currency), currency)}.",
            code="amount_too_small",
            param=param,
        )
    check_form(amount, currency, param)
    return amount


def check_form(amount: int, currency: str, param: str) -> None:
    """Refuses more than eight digits, and a last digit that a three-decimal currency does not use."""
    if amount > MAXIMUM:
        raise ParamError(
            f"Amount must be no more than {format_amount(MAXIMUM, currency)}",
            code="amount_too_large",
            param=param,
        )
    if currency in THREE_DECIMAL and amount % 10:
        raise ParamError(f"Amounts in {currency} must end in 0.", code="parameter_invalid_integer", param=param)


def minimum(currency: str) -> int:
    """The least that can be charged, in minor units."""
    return MINIMUM.get(currency, 1)


def decimals(currency: str) -> int:
    """How many digits stand after the point."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def format_amount(amount: int, currency: str) -> str:
    """43.50 EUR, 500 JPY."""
    places = decimals(currency)
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 10**places)
    fraction = f".{rest:0{places}d}" if places else ""
    return f"{sign}{whole:,}{fraction} {currency.upper()}"
