"""Who is stable where as one Parquet file: a row for every state, actor and concept (needs pyarrow, the extra `parquet`)."""

from __future__ import annotations

import io

from detente.analysis import Analysis
from detente.exchange.foreign import LOST, Given, Loss
from detente.messages import tell
from detente.sheet import library
from detente.version import __version__

NAME = "parquet"


def write(analysis: Analysis) -> Given:
    """The long table of an analysis. Cost: linear in states times actors times concepts."""
    arrow, parquet = library("pyarrow", "detente[parquet]"), library("pyarrow.parquet", "detente[parquet]")
    sheet = analysis.verdicts()
    content = io.BytesIO()
    told = {"detente": __version__, "model": analysis.hash}
    table = arrow.table({name: list(map(_plain, sheet.column(name))) for name in sheet.columns})
    parquet.write_table(table.replace_schema_metadata(told), content)
    says = tell("it holds results, and not the model they follow from")
    return Given(format=NAME, content=content.getvalue(), beside={}, losses=(Loss(LOST, says),))


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value
