"""The browser tests of the template open pages the way the report's browser tests do."""

from tests.browser.conftest import browser, open_page

__all__ = ["browser", "open_page"]
