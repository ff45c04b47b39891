"""Questionnaires to users and their answers, as the survey tool exports them; times are local."""

from __future__ import annotations

import numpy as np

from tools.demo.draws import Draws
from tools.demo.files import Frame, chosen, numbers, stamps, take
from tools.demo.incidents import Incidents
from tools.demo.intake import MONITORING, RESOLVE_WITHIN
from tools.demo.organisation import organisation
from tools.demo.planted import DAY, EXTRACTED
from tools.demo.work import NEVER

COMMENTS = ("Quick and friendly, thank you", "处理及时", "Good", "Had to explain it three times", "等了太久", "问题又出现了")


def surveys(found: Incidents, seed: int) -> Frame:
    """Questionnaires after one resolved ticket in five; of those not answered, the tool gives some the best mark."""
    draws = Draws(seed, "surveys")
    done, taken = found.done, found.taken
    resolved = found.noted_resolved
    asked = np.flatnonzero((resolved < NEVER) & (taken.channel != MONITORING) & draws.chance(210, resolved.size))
    asked = asked[np.argsort(resolved[asked], kind="stable")]
    size = asked.size
    late = done.used[asked] > RESOLVE_WITHIN[taken.priority[asked]]
    sent = resolved[asked] + draws.between(300, 3600, size)
    by_user = draws.chance(230, size)
    answered = sent + draws.curve(((0, 5), (500, 180), (1000, 5 * 24 * 60)), size) * 60
    automatic = ~by_user & draws.chance(380, size)
    answered = np.where(automatic, sent + 7 * DAY, answered)
    given = (by_user | automatic) & (answered <= EXTRACTED)
    automatic &= given
    score = np.where(late, draws.pick((10, 15, 25, 30, 20), size), draws.pick((1, 2, 5, 30, 62), size)) + 1
    score = np.where(automatic, 5, score)
    recommend = np.minimum(10, np.array([0, 1, 3, 6, 7, 8])[score] + draws.pick((3, 4, 5), size))
    answers = given & ~automatic
    spoken = answers & draws.chance(260, size)
    frame = {
        "number": numbers("SRV", 1, size),
        "ticket": list(np.array(found.number, dtype=object)[asked]),
        "sent_at": stamps(sent, local=True),
        "answered_at": stamps(answered, given, local=True),
        "automatic": chosen(("no", "yes"), np.where(given, automatic, -1)),
        "score": [str(value) if is_given else "" for value, is_given in zip(score.tolist(), given, strict=True)],
        "recommend": [str(value) if is_given else "" for value, is_given in zip(recommend.tolist(), answers, strict=True)],
        "comment": chosen(COMMENTS, np.where(spoken, np.where(score >= 4, 0, 3) + draws.below(3, size), -1)),
        "service": chosen([entry.service for entry in organisation().services], found.arrived.service[asked]),
        "assignment_group": chosen([entry.assignment_group for entry in organisation().groups], taken.last_group[asked]),
        "channel": chosen(("email", "chat"), np.where(given, draws.below(2, size), -1)),
    }
    return take(frame, np.flatnonzero(sent <= EXTRACTED))
