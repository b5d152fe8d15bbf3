"""What the libraries and the folders of a desk take when they are imported: memory and time.

It is a program of its own, because nothing may be imported yet.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

# Packages that take less than this together are one line, in megabytes.
_SMALL = 0.5
_PAGE = os.sysconf("SC_PAGE_SIZE") / 2**20
_ROOT = Path(__file__).parents[2]
_LIBRARIES = "site-packages"


@dataclass(slots=True)
class Cost:
    """Megabytes of the process itself and of program files, seconds of CPU, and modules."""

    private: float = 0.0
    files: float = 0.0
    seconds: float = 0.0
    modules: int = 0

    def add(self, other: "Cost", times: int = 1) -> None:
        """Add another cost; with -1 subtract it."""
        self.private += times * other.private
        self.files += times * other.files
        self.seconds += times * other.seconds
        self.modules += times * other.modules

    def __str__(self) -> str:
        return f"{self.private:8.1f} {self.files:8.1f} {self.seconds * 1000:8.0f} {self.modules:8d}"


def read_usage() -> Cost:
    """Read what this process uses now."""
    resident, shared = map(int, Path("/proc/self/statm").read_text().split()[1:3])
    return Cost((resident - shared) * _PAGE, shared * _PAGE, time.process_time())


class ImportMeter:
    """Finds modules as Python does, and measures what each takes, without what it imports."""

    def __init__(self) -> None:
        self.by_package: dict[str, Cost] = {}
        # What the modules that are being run have imported so far, the innermost last.
        self._imported: list[Cost] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module, and have its loading measured."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            package = _name_package(name, spec)
            loader: Any = spec.loader
            loader.create_module = partial(self._measure, package, loader.create_module)
            loader.exec_module = partial(self._measure, package, loader.exec_module, modules=1)
        return spec

    def _measure(self, package: str, load: Callable[[Any], Any], of: Any, modules: int = 0) -> Any:
        before = read_usage()
        self._imported.append(Cost())
        try:
            return load(of)
        finally:
            whole = read_usage()
            whole.add(before, -1)
            imported = self._imported.pop()
            if self._imported:
                self._imported[-1].add(whole)
            whole.add(imported, -1)
            whole.modules = modules
            self.by_package.setdefault(package, Cost()).add(whole)


def _name_package(name: str, spec: ModuleSpec) -> str:
    package = name.partition(".")[0]
    if is_ours(spec):
        return f"{package}/"
    return package if _LIBRARIES in str(spec.origin) else "Python"


def is_ours(spec: ModuleSpec) -> bool:
    """Check whether a module is of this program, and neither of a library nor of Python."""
    origin = str(spec.origin)
    return origin.startswith(str(_ROOT)) and _LIBRARIES not in origin


def main() -> None:
    """Import a desk as `osmodesk run` does, and print what it took."""
    start = read_usage()
    meter = ImportMeter()
    sys.meta_path.insert(sys.meta_path.index(PathFinder), meter)
    from scripts.processes.imports import import_desk  # noqa: PLC0415 now it is measured

    with import_desk():
        import scripts.processes.run  # noqa: F401, PLC0415 as above
    meter.by_package.setdefault("Python", Cost()).add(start)
    print("\n".join(_list_lines(meter.by_package)))  # noqa: T201 `osmodesk bench start` shows it


def _list_lines(costs: dict[str, Cost]) -> Iterator[str]:
    """List a line for each package, the largest first."""
    small, total = Cost(), Cost()
    yield f"{'imported':20} {'MB own':>8} {'MB files':>8} {'CPU ms':>8} {'modules':>8}"
    for name, cost in sorted(costs.items(), key=lambda each: -each[1].private - each[1].files):
        total.add(cost)
        if cost.private + cost.files < _SMALL:
            small.add(cost)
        else:
            yield f"{name:20} {cost}"
    yield f"{'smaller ones':20} {small}"
    yield f"{'total':20} {total}"


if __name__ == "__main__":
    main()
