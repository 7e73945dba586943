"""What is exported does nothing when it is opened (AC10)."""

import pytest

from core.kernel.spreadsheets import csv_lines, harmless


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_cell_that_would_be_a_formula_is_text(begins):
    assert harmless(f"{begins}HYPERLINK()") == f"'{begins}HYPERLINK()"


def test_other_cells_stay_what_they_are():
    assert [harmless(value) for value in ("a=b", "", None, -5, 1.5)] == ["a=b", "", "", "-5", "1.5"]


def test_lines_are_quoted_where_they_must_be():
    assert list(csv_lines([["a", 'b "c", d'], ["=1", "x\ny"]])) == [
        'a,"b ""c"", d"\r\n',
        '\'=1,"x\ny"\r\n',
    ]
