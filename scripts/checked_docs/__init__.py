"""What scripts/check-docs and the claims in docs/claims are written with."""
from checked_docs.agreement import at_least, at_most
from checked_docs.document import Document
from checked_docs.runs import CannotCheck, Run

__all__ = ["CannotCheck", "Document", "Run", "at_least", "at_most"]
