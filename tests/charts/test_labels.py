from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from itsq_analysis.charts.canvas import Room, at, canvas, texts
from itsq_analysis.charts.labels import clean, text_width, thin, wrapped
from itsq_analysis.charts.svg import draw
from tests.charts.drawing import parse

TEXT = st.text(max_size=40)


@given(TEXT, st.floats(20, 300))
def test_a_wrapped_text_fits_its_room_and_loses_no_sign(text: str, room: float) -> None:
    lines = wrapped(clean(text), room)
    assert max(map(text_width, lines)) <= room + 0.1
    assert "".join("".join(lines).split()) == "".join(clean(text).split())


@given(TEXT)
def test_a_cleaned_text_is_one_line_and_cleaning_twice_changes_nothing(text: str) -> None:
    done = clean(text)
    assert done
    assert "\n" not in done
    assert clean(done) == done


@given(st.lists(TEXT.map(clean), min_size=1, max_size=30), st.floats(1, 80))
def test_kept_axis_labels_keep_their_distance_and_the_last_stays(names: list[str], step: float) -> None:
    places = [step * place for place in range(len(names))]
    kept = thin(names, places)
    assert kept[-1] == len(names) - 1
    assert all(places[b] - places[a] >= (text_width(names[a]) + text_width(names[b])) / 2 for a, b in pairwise(kept))


def test_any_text_can_be_drawn_and_read_back() -> None:
    for text in ("]]>", "<!--", "&amp;", "\ufffe \x00 a", "\ud800", '"quoted"', "emoji 🧯"):
        spec = canvas(200, 20, Room(0, 0, 0, 0), [texts([{"x": 0, "y": 10, "text": clean(text)}], at("x"), at("y"))])
        assert clean(text) in [element.text for element in parse(draw(spec, text, text)).iter()]
