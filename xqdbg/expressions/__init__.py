"""The expressions of conditions, watches, messages and questions: arithmetic over the places of a machine."""

from xqdbg.expressions.errors import EvaluationError, ExpressionError
from xqdbg.expressions.expression import Expression, parse
from xqdbg.expressions.formats import FORMATS, format_value
from xqdbg.expressions.template import Template

__all__ = [
    "FORMATS",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "Template",
    "format_value",
    "parse",
]
