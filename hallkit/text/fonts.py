"""Where fonts are on this machine, and the chain for each role: `ui` on screens and paper, `led` on panels."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache, partial
from importlib.util import find_spec
from pathlib import Path

from hallkit.text.coverage import Coverage, file_coverage
from hallkit.text.errors import FontNotFoundError
from hallkit.text.faces import FaceKey, OpenFaces
from hallkit.text.font import Font, FontChain

SYSTEM_ROOTS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/Library/Fonts"),
    Path("/opt/homebrew/share/fonts"),
)
PIP_PACKAGE = "justmytype_intl_cjk"
SIMPLIFIED_CHINESE = 2
"""Face of the Noto CJK collections; face 0 draws Japanese shapes."""

INSTALL = "install fonts-noto-cjk, unifont and xfonts-wqy from the system, or justmytype-intl-cjk 0.1.0 from pip"


@dataclass(frozen=True)
class FontSource:
    """One face in one file; `weight` sets the axis of a variable font, `native` is the only size of a bitmap font."""

    name: str
    patterns: tuple[str, ...]
    face: int = 0
    weight: int | None = None
    native: int | None = None


NOTO = FontSource("Noto Sans CJK SC", ("NotoSansCJK-Regular.ttc",), SIMPLIFIED_CHINESE)
NOTO_BOLD = FontSource("Noto Sans CJK SC Bold", ("NotoSansCJK-Bold.ttc",), SIMPLIFIED_CHINESE)
PIP = FontSource("Noto Sans SC", ("NotoSansSC[[]wght[]].ttf",), weight=400)
PIP_BOLD = FontSource("Noto Sans SC Bold", ("NotoSansSC[[]wght[]].ttf",), weight=700)
WQY_12 = FontSource("WenQuanYi 12", ("wenquanyi_9pt.pcf", "wenquanyi_9pt.pcf.gz"), native=12)
WQY_16 = FontSource("WenQuanYi 16", ("wenquanyi_12pt.pcf", "wenquanyi_12pt.pcf.gz"), native=16)
UNIFONT = FontSource("Unifont", ("unifont.otf", "unifont-*.otf", "unifont.ttf"), native=16)

UI = (NOTO, PIP, UNIFONT)
UI_BOLD = (NOTO_BOLD, PIP_BOLD, NOTO, PIP, UNIFONT)
LED_SMALL = (WQY_12, WQY_16, UNIFONT, NOTO, PIP)
LED_LARGE = UI_BOLD
LED_LARGE_FROM = 24
ALL = tuple(dict.fromkeys((*UI_BOLD, *LED_SMALL)))
CHECKED_PX = 40


class FontLibrary:
    """The fonts found once under `roots` and in the pip package; chains are built on demand and kept.

    A fallback's file is read when a character first needs it; `check` reads them all.
    """

    def __init__(self, roots: Sequence[Path] = SYSTEM_ROOTS, pip: bool = True) -> None:
        self._roots = tuple(roots) + ((root,) if pip and (root := _pip_root()) else ())
        self._chains: dict[tuple[tuple[FontSource, ...], int], FontChain] = {}
        self._coverages: dict[Path, Coverage] = {}
        self._faces = OpenFaces()

    def ui(self, px: int, bold: bool = False) -> FontChain:
        """Return the chain for screens and paper at `px`; FontNotFoundError when no Chinese font is installed."""
        return self._chain(UI_BOLD if bold else UI, px)

    def led(self, px: int) -> FontChain:
        """Return the chain for panels at `px`: bitmap faces below 24, Noto Bold thresholded from there."""
        return self._chain(LED_LARGE if px >= LED_LARGE_FROM else LED_SMALL, px)

    def installed(self) -> dict[str, Path]:
        """Return the file of every named face that was found."""
        return {source.name: path for source in ALL if (path := self._find(source))}

    def check(self) -> None:
        """Read every installed font, also those only rare characters need; FontFileError when one is damaged."""
        for source in ALL:
            if font := self._font(source, source.native or CHECKED_PX):
                font.face.getlength("0")
                len(font.coverage)

    def _chain(self, sources: tuple[FontSource, ...], px: int) -> FontChain:
        if (sources, px) not in self._chains:
            fonts = tuple(font for source in sources if (font := self._font(source, px)))
            if not fonts:
                raise FontNotFoundError(f"no font for {px} px text; {INSTALL}")
            len(fonts[0].coverage)  # a damaged font is told of here, not in the middle of a picture
            self._chains[sources, px] = FontChain(px, fonts)
        return self._chains[sources, px]

    def _font(self, source: FontSource, px: int) -> Font | None:
        path = self._find(source)
        if path is None or (source.native and path.suffix != ".otf" and px != source.native):
            return None
        scale = max(px // source.native, 1) if source.native else 1
        size = source.native if source.native and px > source.native else px
        key = FaceKey(path, size, source.face, source.weight)
        return Font(
            source.name, px, partial(self._faces.take, key), partial(self._coverage, path, source.face),
            bool(source.native), scale,
        )  # fmt: skip

    def _find(self, source: FontSource) -> Path | None:
        matches = (path for glob in source.patterns for name, path in self._files.items() if fnmatchcase(name, glob))
        return next(matches, None)

    @cached_property
    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for root in self._roots:
            for path in sorted(root.rglob("*")):
                if path.suffix in (".ttc", ".otf", ".ttf", ".pcf", ".gz"):
                    found.setdefault(path.name, path)
        return found

    def _coverage(self, path: Path, face: int) -> Coverage:
        if path not in self._coverages:
            self._coverages[path] = file_coverage(path, face)
        return self._coverages[path]


@lru_cache(maxsize=1)
def system_fonts() -> FontLibrary:
    """Return this machine's fonts, found once a process."""
    return FontLibrary()


def _pip_root() -> Path | None:
    spec = find_spec(PIP_PACKAGE)
    return Path(spec.origin).parent / "fonts" if spec and spec.origin else None
