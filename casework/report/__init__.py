"""A report of one question: HTML for reading and print, the same content as JSON beside it."""

from casework.report.content import ReportInput
from casework.report.write import write_report

__all__ = ["ReportInput", "write_report"]
