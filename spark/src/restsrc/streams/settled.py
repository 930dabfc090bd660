"""How the list of a stream is paged with paginate=auto: found when its query starts, and kept in its offsets."""

from __future__ import annotations

from restsrc.options import Options
from restsrc.planning import survey
from restsrc.streams.mode import Offset


class Settled:
    """What an offset says holds for good. A checkpoint of an earlier release says nothing: then it is found."""

    def __init__(self, options: Options):
        self._options = options
        self._way: survey.Paging | None = None

    def paging(self) -> survey.Paging:
        """How the list is paged. Asks the API where nobody knows yet: see `survey.lasting_paging`."""
        if self._way is None:
            self._way = survey.lasting_paging(self._options)
        return self._way

    def hear(self, *offsets: Offset) -> None:
        """Takes what the offsets of the checkpoint say, if the option is still auto."""
        for offset in offsets:
            if self._way is None and offset.get("found") and self.auto:
                self._way = survey.as_found(self._options, offset["found"])

    def kept(self) -> Offset:
        """What an offset says of it. Empty where it stands in the options. May ask the API."""
        return {"found": dict(self.paging().finding)} if self.auto else {}

    @property
    def auto(self) -> bool:
        """Whether it has to be found."""
        return self._options.given("paginate") == "auto"
