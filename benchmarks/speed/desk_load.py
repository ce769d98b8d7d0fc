"""How long do the desk's pages take while twenty readers work at it at once, on SQLite?

    python -m benchmarks.speed.desk_load [--readers 20]

Specimens of drawn fields are read, one for each reader (of a few fields, shifted), and brought into
a desk whose worklist is filled up with made-up ones (benchmarks/speed/worklist.py). ``anascope desk
serve`` serves it, in a process of its own. All readers log in at once; then each again and again
looks at the worklist, searches, opens a specimen with all that its page shows, corrects it, signs
it and looks at its trail; a signed result is changed with a reason. Twice: with pauses, as people
make them, though short ones; and without any, which shows what the server gives at most.

Writes results/desk-load.json.
"""

from __future__ import annotations

import re
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from anascope.desk.accounts import Role, add_account, operator
from anascope.desk.store import Database, create_database
from anascope.desk.worklist import Filter, import_results, progress, worklist
from anascope.errors import InputError
from anascope.files import write_json
from anascope.reading import find_images
from anascope.reading.batch import ReaderSettings, read_batch
from anascope.synthetic import I3A, draw_field, draw_specimen
from benchmarks.arguments import benchmark_arguments
from benchmarks.desk_server import served
from benchmarks.environment import environment
from benchmarks.speed.worklist import fill

SEED = 11
FIELDS, SHAPE = 2, I3A.shape
EACH = 1  # specimens of a reader, who sees to them again and again
PATTERNS = ("homogeneous", "centromere", "golgi", "fine speckled")
_LOG_IN = ("log-in page", "log in")
_PASSWORD = "correct horse battery {}"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_SHOWN = re.compile(r'(?:src|<image href)="(/(?:specimens|references)/[^"]+)"')
_FIELD = re.compile(r'data-base="([^"]+)" data-width="(\d+)" data-height="(\d+)"')


class Stay(urllib.request.HTTPRedirectHandler):
    """Does not go where an answer sends it: each request is timed alone."""

    def redirect_request(self, *given: Any) -> None:
        """Return that there is no further request."""


@dataclass
class Reader:
    """Somebody at a browser.

    Attributes:
        address: Of the desk.
        name: Of the user.
        specimens: Numbers of the specimens that they alone work at.
        pause: Mean of the seconds between two steps; none if 0.
        rng: Says how long they pause.
        took: Seconds of each request, by its kind.
    """

    address: str
    name: str
    specimens: Sequence[int]
    pause: float
    rng: np.random.Generator
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies, Stay())

    def log_in(self) -> None:
        """Log in."""
        page = self._ask("log-in page", "/log-in")
        password = _PASSWORD.format(self.name)
        self._send("log in", "/log-in", page, name=self.name, password=password)

    def work(self, rounds: int) -> None:
        """See to specimens, one a round."""
        for number in range(rounds):
            self._see_to(self.specimens[number % len(self.specimens)], number)

    def _see_to(self, specimen: int, number: int) -> None:
        own = f"/specimens/{specimen}"
        self._wait()
        self._ask("worklist", "/")
        self._wait()
        self._ask("search", f"/?search=S-{specimen}")
        self._wait()
        page = self._look_at(own)
        begun = 'data-begin=""' not in page
        if begun:
            self._send("begin", f"{own}/begin", page)
            page = self._ask("specimen", own)
        self._wait()
        values = {
            "verdict": "patterns",
            "pattern": PATTERNS[number % len(PATTERNS)],
            "intensity": "positive",
            "comment": f"round {number} of {self.name}, pauses of {self.pause:g} s",
            "reason": "seen again" if 'name="reason"' in page else "",
        }
        self._send("correct", f"{own}/result", page, **values, action="save")
        page = self._ask("specimen", f"{own}?done=saved")
        self._wait()
        self._send("sign", f"{own}/result", page, **values, action="sign")
        page = self._ask("specimen", f"{own}?done=signed")
        if "The signature is given." not in page:
            raise InputError(own, "no word of a signature", "one that was given")
        self._ask("trail", f"{own}/trail")

    def _look_at(self, own: str) -> str:
        """Open a specimen with its pictures, one after the other."""
        page = self._ask("specimen", own)
        fields = _FIELD.findall(page)
        first = fields[0]
        for picture in dict.fromkeys(_SHOWN.findall(page)):
            self._ask("picture", unescape(picture))
        self._ask("outlines", f"{first[0]}/outlines.json")
        level = (max(int(first[1]), int(first[2])) - 1).bit_length()
        columns, rows = (-(-int(side) // 512) for side in first[1:])
        for place in [f"{column}_{row}" for column in range(columns) for row in range(rows)]:
            self._ask("tile", f"{first[0]}/tiles/{level}/{place}.png")
        return page

    def _wait(self) -> None:
        if self.pause:
            time.sleep(float(self.rng.uniform(0.5, 1.5)) * self.pause)

    def _send(self, kind: str, path: str, page: str, **values: str) -> None:
        values = dict(_HIDDEN.findall(page)) | values
        self._ask(kind, path, urllib.parse.urlencode(values).encode())

    def _ask(self, kind: str, path: str, body: bytes | None = None) -> str:
        request = urllib.request.Request(
            self.address + path, body, {"Accept": "text/html,*/*", "Sec-Fetch-Site": "same-origin"}
        )
        started = time.perf_counter()
        try:
            with self._opener.open(request, timeout=120) as answer:
                content: bytes = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                content = error.read()
            if error.code != 303:
                found = content.decode("utf-8", "replace")
                line = re.search(r'role="alert">([^<]*)', found)
                reason = unescape(line[1]) if line else found[:200]
                raise InputError(path, f"status {error.code}: {reason}", "200 or 303") from None
        self.took[kind].append(time.perf_counter() - started)
        return content.decode("utf-8", "replace")


def prepare(folder: Path, readers: int, filled: int, shape: tuple[int, int] = SHAPE) -> Path:
    """Make a desk, and return its folder: specimens that were read, users, and a long worklist.

    Args:
        folder: Gets images, results and desk.
        readers: How many users there are, with a specimen each.
        filled: How many made-up specimens there are beside those.
        shape: Height and width of the images.
    """
    images, results, desk = (folder / name for name in ("images", "results", "desk"))
    per_cm = 1e4 * I3A.magnification / I3A.camera_pixel_um
    drawn = _drawn(shape)
    for number in range(EACH * readers):
        (images / f"S-{number}").mkdir(parents=True)
        for place, image in enumerate(drawn[number % len(drawn)]):
            # Shifted, so that no two specimens are of the same images.
            shift = (7 * (number // len(drawn)), 11 * (number // len(drawn)))
            tifffile.imwrite(
                images / f"S-{number}" / f"{place}.tif",
                np.roll(image, shift, axis=(0, 1)),
                resolution=(per_cm, per_cm),
                resolutionunit="CENTIMETER",
            )
    settings = ReaderSettings(
        sheets=False, threads=1
    )  # where others compute, two wait for each other
    read_batch(find_images([images], specimen="folder"), results, settings)
    with create_database(desk) as database:
        if filled:
            fill(database, filled)
        import_results(database, results, by=operator("benchmark"))
        for number in range(readers):
            role = Role.READER if number else Role.ADMINISTRATOR
            name = f"reader{number}"
            add_account(database, name, _PASSWORD.format(name), role, by=operator("benchmark"))
    return desk


def _drawn(shape: tuple[int, int]) -> list[list[NDArray[Any]]]:
    """Return the images of a specimen of each pattern."""
    found = []
    for number, pattern in enumerate(PATTERNS):
        rng = np.random.default_rng([SEED, number])
        specimen = draw_specimen(rng, pattern, "positive", I3A)
        found.append([draw_field(rng, specimen, shape).image for _ in range(FIELDS)])
    return found


def specimens_of(database: Database) -> list[int]:
    """Return the numbers of the specimens that were read."""
    found = worklist(database, Filter(search="S-"), limit=500)
    return sorted(row.id for row in found.rows if re.fullmatch(r"S-\d+", row.name))


def measure(
    address: str, specimens: Sequence[int], readers: int, *, rounds: int, pause: float
) -> dict[str, Any]:
    """Let readers work at once, and return what their requests took, by kind.

    Args:
        address: Of the desk.
        specimens: Numbers of the specimens, of which each reader gets the same number.
        readers: How many work at once.
        rounds: How often each of them sees to a specimen.
        pause: Mean of the seconds between two steps of a reader.

    Raises:
        InputError: if a request was not answered as it should be.
    """
    each = len(specimens) // readers
    people = [
        Reader(
            address,
            f"reader{number}",
            specimens[each * number : each * (number + 1)],
            pause,
            np.random.default_rng([SEED, number]),
        )
        for number in range(readers)
    ]
    _at_once([reader.log_in for reader in people])  # hashing passwords is slow on purpose
    started = time.perf_counter()
    _at_once([partial(reader.work, rounds) for reader in people])
    seconds = time.perf_counter() - started
    took: dict[str, list[float]] = defaultdict(list)
    for reader in people:
        for kind, own in reader.took.items():
            took[kind] += own
    requests = sum(len(own) for kind, own in took.items() if kind not in _LOG_IN)
    return {
        "pause_seconds": pause,
        "rounds": rounds,
        "seconds": seconds,
        "requests": requests,
        "requests_a_second": requests / seconds,
        "signatures": len(took["sign"]),
        "kinds": {kind: summary(own) for kind, own in took.items()},
    }


def _at_once(tasks: Sequence[Callable[[], None]]) -> None:
    failed: list[BaseException] = []

    def do(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=do, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Return how many there are, their median, the 95th percentile, and the longest."""
    median, most = np.percentile(seconds, [50, 95])
    return {
        "count": len(seconds),
        "p50": float(median),
        "p95": float(most),
        "longest": float(max(seconds)),
    }


def main() -> None:
    """Measure and write."""
    parser = benchmark_arguments(__doc__)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--specimens", type=int, default=100_000, help="made-up ones")
    parser.add_argument("--rounds", type=int, default=6, help="how often each reader sees to it")
    parser.add_argument("--pause", type=float, default=2.0, help="mean seconds between two steps")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        desk = prepare(Path(name), given.readers, given.specimens)
        with create_database(desk) as database:
            own, total = specimens_of(database), progress(database).total
        ways = {}
        for way, pause in (("with pauses", given.pause), ("without pauses", 0.0)):
            with served(desk) as address:
                ways[way] = measure(address, own, given.readers, rounds=given.rounds, pause=pause)
            print(f"{way}: {ways[way]['requests_a_second']:.1f} requests a second")
            for kind, found in ways[way]["kinds"].items():
                times = " ".join(f"{1000 * found[key]:8.1f}" for key in ("p50", "p95", "longest"))
                print(f"  {kind:14} {found['count']:6} {times}")
    result = {"readers": given.readers, "specimens": total, "fields": list(SHAPE), "ways": ways}
    write_json(given.out / "desk-load.json", {**environment(seed=SEED), **result})


if __name__ == "__main__":
    main()
