"""Mode cursor, without Spark: the walk on the driver and the same rows in the task, also when they are read again."""

import pytest

from restsrc.errors import OptionError, UnexpectedAnswer
from streaming import batches, latest, needs_limits, reader, values

pytestmark = needs_limits

STYLES = {
    "cursor": {"paginate": "cursor"},
    "last-id": {"paginate": "last-id", "param_cursor": "starting_after"},
    "next": {"paginate": "next-url"},
    "link": {"paginate": "link"},
}


def source_of(scenario, style="cursor", **given):
    return reader(f"{scenario.base}/{style}", stream_mode="cursor", **{**STYLES[style], **given})


@pytest.mark.parametrize(
    "style, words",
    [(style, "") for style in STYLES]
    + [
        (style, f",{word}") for style in ("cursor", "next") for word in ("end=stay", "gap=100:2", "fresh", "end=absent")
    ],
)
@pytest.mark.parametrize("rows", [None, 30])
def test_growing_list(fault, style, words, rows):
    scenario = fault("n=1" + words)
    source = source_of(scenario, style)
    start, got, replayed = source.initialOffset(), [], []
    for more in (0, 98, 1, 1, 99, 1, 150, 0):
        scenario.grow(more)
        for end, rows_of_batch in batches(source, start, rows):
            got += rows_of_batch
            replayed.append((start, end, rows_of_batch))
            start = end
        assert got == list(range(len(scenario.records())))
    assert all(len(batch) <= (rows or 1000) for _, _, batch in replayed)
    for begin, end, batch in replayed:
        assert sum(values(source, begin, end), []) == batch


def test_where_a_stream_begins(fault):
    scenario = fault("n=250")
    assert source_of(scenario).initialOffset() == {"cursor": "", "skip": "0", "read": "0", "paginate": "cursor"}
    begin = source_of(scenario, starting_offset="latest").initialOffset()
    assert (begin["skip"], begin["read"]) == ("50", "0")
    scenario.grow(5)
    source = source_of(scenario, starting_offset="latest")
    assert [rows for _, rows in batches(source, begin)] == [list(range(250, 255))]
    source = source_of(scenario, "last-id", starting_offset=scenario.records()[99]["id"])
    assert [rows[0] for _, rows in batches(source, source.initialOffset())] == [100]


def test_available_now_ends_at_what_was_there(fault):
    scenario = fault("n=250")
    source = source_of(scenario)
    source.prepareForTriggerAvailableNow()
    ends = batches(source, source.initialOffset(), 100)
    assert next(ends)[1] == list(range(100))
    scenario.grow(500)
    assert [rows for _, rows in ends] == [list(range(100, 200)), list(range(200, 250))]


def test_list_that_lost_records_is_noticed(fault):
    scenario = fault("n=250")
    source = source_of(scenario)
    start = source.initialOffset()
    end = latest(source, start)
    scenario.grow(-100)
    with pytest.raises(UnexpectedAnswer, match="exit 76"):
        values(source, start, end)


@pytest.mark.parametrize(
    "query, given", [("", {"query_secret": "key=sesame"}), ("?api_key=sesame", {}), ("", {"query": "a=b\nsig=sesame"})]
)
def test_no_secret_gets_into_a_checkpoint(fault, query, given):
    scenario = fault("n=250,put=next:%22%3Fplace=x%26key=sesame%22")
    source = reader(f"{scenario.base}/next{query}", stream_mode="cursor", paginate="next-url", **given)
    with pytest.raises(UnexpectedAnswer, match="next cursor holds a secret") as raised:
        latest(source, source.initialOffset(), 100)
    assert "sesame" not in str(raised.value)


def test_what_is_no_secret_may_be_in_a_cursor(fault):
    source = reader(
        f"{fault('n=250').base}/next?keyword=place&author=cursor", stream_mode="cursor", paginate="next-url"
    )
    assert latest(source, source.initialOffset(), 100)["read"] == "100"


@pytest.mark.parametrize("style", STYLES)
def test_the_style_is_found_once_and_kept_in_the_offsets(fault, style):
    scenario = fault("n=250")
    source = reader(f"{scenario.base}/{style}", stream_mode="cursor", paginate="auto")
    begin = source.initialOffset()
    (first, rows), *others = batches(source, begin, 130)
    assert begin["paginate"] == STYLES[style]["paginate"] and rows == list(range(130))
    assert [row for _, more in others for row in more] == list(range(130, 250))
    scenario.grow(50)
    asked = len(scenario.log())
    again = reader(f"{scenario.base}/{style}", stream_mode="cursor", paginate="auto")  # a restart
    assert sum(values(again, begin, first), []) == rows
    assert sum(values(again, others[-1][0], latest(again, others[-1][0])), []) == list(range(250, 300))
    assert all(
        "limit=2&" not in entry["target"] and "limit=1000" not in entry["target"] for entry in scenario.log()[asked:]
    )
    assert len(scenario.log()) - asked <= 2 + 3


def test_a_presets_style(fault):
    scenario = fault("n=250")
    source = reader(scenario.base + "/next", stream_mode="cursor", api="drf-cursor")
    assert [rows for _, rows in batches(source, source.initialOffset())] == [list(range(250))]


@pytest.mark.parametrize("words", ["n=0", "n=20"])
def test_a_list_that_is_too_short_to_see_how_it_goes_on(fault, words):
    source = reader(fault(words).base + "/next", stream_mode="cursor", paginate="auto")
    with pytest.raises(
        UnexpectedAnswer, match="is not seen yet: it has .* on one page. Start when it has more, or set"
    ):
        source.initialOffset()


@pytest.mark.parametrize("given", [{"paginate": "auto"}, {"api": "drf"}])
def test_a_list_that_is_read_by_offset_is_for_mode_offset(fault, given):
    with pytest.raises(OptionError, match="in style offset: use stream_mode offset"):
        reader(fault("n=250").url, stream_mode="cursor", **given).initialOffset()


def test_a_cursor_of_another_style_is_refused(fault):
    scenario = fault("n=250")
    end = latest(source_of(scenario), source_of(scenario).initialOffset(), 100)
    with pytest.raises(OptionError, match="cursors are of the style cursor, not next-url: set paginate=cursor"):
        latest(source_of(scenario, "next"), end)
    with pytest.raises(OptionError, match="options given by hand: give them instead of paginate=auto"):
        latest(source_of(scenario, paginate="auto"), end)
    found = latest(source_of(scenario, paginate="auto"), source_of(scenario, paginate="auto").initialOffset(), 100)
    assert sum(values(source_of(scenario), found, latest(source_of(scenario), found)), []) == list(range(100, 250))


@pytest.mark.parametrize(
    "given, message",
    [
        ({"paginate": "offset"}, "needs the option paginate: cursor, last-id, next-url, link or auto"),
        ({"cursor": "abc"}, "give a stream's first cursor as starting_offset"),
    ],
)
def test_what_is_wrong_is_said(fault, given, message):
    with pytest.raises(OptionError) as raised:
        source_of(fault(), **given)
    assert message in str(raised.value)
