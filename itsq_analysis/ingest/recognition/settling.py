"""What a proposal settles at its end: the ends of tickets, the order of day and month, zone and number dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from itsq_analysis.ingest.recognition.columns import TIMES, Columns
from itsq_analysis.ingest.recognition.profile import Profile
from itsq_analysis.ingest.recognition.proposal import Proposal, Question
from itsq_analysis.ingest.recognition.shape import Order
from itsq_analysis.ingest.recognition.vocabulary import Tool
from itsq_analysis.tables import Contract

ENDING = ("incidents", "requests")  # of which every value needs an end


def ends(table: Contract, columns: Columns, proposal: Proposal) -> None:
    """One end where the tool knows only one: a closed incident is a resolved one; a request is only closed."""
    places = columns.places
    if "resolved_at" in table.columns and not proposal.by_time:
        if "resolved_at" not in places and "closed_at" in places:
            places["resolved_at"] = places["closed_at"]
            columns.by_content["resolved_at"] = "the only end that there is: closed counts as resolved"
    elif "resolved_at" in places and "resolved_at" not in table.columns:
        place = places.pop("resolved_at")
        if "closed_at" not in places:
            places["closed_at"] = place
    if table.name in ENDING and not {"resolved_at", "closed_at"} & places.keys() and not proposal.by_time:
        end = "resolved_at" if "resolved_at" in table.columns else "closed_at"
        proposal.notes.append(f"no column tells when a ticket ended; if there is one: --answer {end}=HEADER")


def with_order(proposal: Proposal, order: Order, answers: Mapping[str, str]) -> None:
    """The order of day and month: as said, as proved, or asked."""
    if "day_first" in answers:
        proposal.source["day_first"] = answers["day_first"].lower() in ("true", "yes", "1")
    elif order.day_first is not None:
        proposal.source["day_first"] = order.day_first
        proposal.notes.append(f"dates are written {'day' if order.day_first else 'month'} first: {order.why}")
    elif order.is_open:
        proposal.questions.append(Question("day_first", "day_first", options=("true", "false"), answer="--answer day_first=true"))


def with_zone(
    proposal: Proposal, answers: Mapping[str, str], known: Sequence[Profile], tool: Tool | None, columns: Columns
) -> Proposal:
    """The zone of local times, epochs and serial dates."""
    bound = {place for concept, place in columns.places.items() if concept in TIMES}
    used = [column for column in known if column.is_time and (column.place in bound or not columns.places)]
    if "timezone" in answers:
        proposal.source["timezone"] = answers["timezone"]
    elif tool and tool.utc_headers & {column.header for column in known} and any(column.kind == "time" for column in used):
        proposal.source["timezone"] = "UTC"
        proposal.notes.append(f"times are read as UTC, in which {tool.title} writes stored values; else: --answer timezone=ZONE")
    if not proposal.mapping:
        proposal.top |= {
            key: True for key, kind in (("epoch", "epoch"), ("serials", "serial")) if any(column.kind == kind for column in used)
        }
    return proposal
