"""What tests have measured, told at the end of the run: `record_property("a click is confirmed", "47 ms")`."""

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A line for each figure."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    told = [(name, value) for report in reports if report.when == "call" for name, value in report.user_properties]
    if told:
        terminalreporter.section("figures")
        for name, value in told:
            terminalreporter.line(f"{name}: {value}")
