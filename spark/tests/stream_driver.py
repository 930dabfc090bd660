"""What Spark's driver does for a stream, in a process of its own, to be killed: stream_driver.py FOLDER JSON

JSON holds the options of the source, the column that is read, and a seed for the sizes of the batches. FOLDER has a
file for each batch: in offsets/ where it ends, before it is read; in sink/ its rows, which appear all at once. This
process ends when nothing is new; after an error its exit status is 3, and FOLDER/error says which.
"""

import json
import os
import random
import sys
from pathlib import Path

from restsrc.errors import RestsrcError
from streaming import latest, reader, values


def keep(path, value):
    """All at once, or not at all."""
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value))
    os.replace(new, path)


def run(folder, source, chance):
    number = len(list((folder / "sink").glob("*[0-9]")))
    start = json.loads((folder / "offsets" / f"{number - 1}").read_text()) if number else source.initialOffset()
    while True:
        planned = folder / "offsets" / f"{number}"
        if planned.exists():
            end = json.loads(planned.read_text())
        else:
            end = latest(source, start, chance.choice([None, None, 7, 30]))
            if end == start:
                return
            keep(planned, end)
        keep(folder / "sink" / f"{number}", sum(values(source, start, end), []))
        start, number = end, number + 1


def main(folder, text):
    given = json.loads(text)
    options, chance = given["options"], random.Random(given["seed"])
    try:
        run(Path(folder), reader(column=given["column"], **options), chance)
    except RestsrcError as error:
        keep(Path(folder) / "error", f"{type(error).__name__}: {error}")
        sys.exit(3)


if __name__ == "__main__":
    main(*sys.argv[1:])
