"""What itsq raises when its input or its user must change something.

    ItsqError
    ├── SettingsError     itsq.toml or a calendar file is wrong
    ├── IngestError       an export or a mapping cannot be read as it is
    ├── StoreError        the store is busy, of another format, or damaged
    ├── IndicatorError    an unknown id, period, dimension, or a refused expression
    ├── ForecastError     a frame, horizon, holiday or hierarchy that cannot be forecast from
    └── ReportError       a report's parameters or its run failed

Every message says what must hold, what was found and where, and what to do. The command line prints the message without a
traceback and ends with code 2.
"""


class ItsqError(Exception):
    """Base of all errors that a user can put right.

    >>> raise SettingsError("time zone must be an IANA name; found 'Beijing' in itsq.toml; write 'Asia/Shanghai'")
    Traceback (most recent call last):
    itsq_analysis.errors.SettingsError: time zone must be an IANA name; found 'Beijing' in itsq.toml; write 'Asia/Shanghai'
    """


class SettingsError(ItsqError):
    """itsq.toml, or a file it names, is missing or wrong."""


class IngestError(ItsqError):
    """An export or a mapping cannot be read; the store is untouched."""


class StoreError(ItsqError):
    """The store is busy, damaged, or of another format."""


class IndicatorError(ItsqError):
    """An indicator, period, dimension or expression is not valid."""


class ForecastError(ItsqError):
    """A frame, horizon, holiday, hierarchy or model is not what a forecast needs."""


class ReportError(ItsqError):
    """A report's parameters are wrong, or its run failed."""
