"""Why a series was unusual: pure functions on frames, and what they are given of a scope.

contributions   where: which members, alone or in pairs, carry the excess of an event
narrow          the days of an event that its excess lies in
precedents      what happened before, by how unusual the co-occurrence is
together        other series that were unusual too, earlier or later
impact          what came after one moment, against the forecast made of what lay before it
change_points   changes of level, each dated with an interval
sources, event  tickets, changes and outages of a scope; an event of it explained

Nothing here proves a cause: a coincidence in time stays one, however unusual.
"""
