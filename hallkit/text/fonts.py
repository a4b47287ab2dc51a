"""Where fonts are on this machine, and the chain for each role: `ui` on screens and paper, `led` on panels."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache, partial
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from hallkit.text.coverage import Coverage, pcf_coverage, sfnt_coverage
from hallkit.text.errors import FontFileError, FontNotFoundError
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


class FontLibrary:
    """The fonts found once under `roots` and in the pip package; chains are built on demand and kept."""

    def __init__(self, roots: Sequence[Path] = SYSTEM_ROOTS, pip: bool = True) -> None:
        self._roots = tuple(roots) + ((root,) if pip and (root := _pip_root()) else ())
        self._chains: dict[tuple[tuple[FontSource, ...], int], FontChain] = {}
        self._coverages: dict[Path, Coverage] = {}

    def ui(self, px: int, bold: bool = False) -> FontChain:
        """Return the chain for screens and paper at `px`; FontNotFoundError when no Chinese font is installed."""
        return self._chain(UI_BOLD if bold else UI, px)

    def led(self, px: int) -> FontChain:
        """Return the chain for panels at `px`: bitmap faces below 24, Noto Bold thresholded from there."""
        return self._chain(LED_LARGE if px >= LED_LARGE_FROM else LED_SMALL, px)

    def installed(self) -> dict[str, Path]:
        """Return the file of every named face that was found."""
        sources = dict.fromkeys((*UI_BOLD, *LED_SMALL))
        return {source.name: path for source in sources if (path := self._find(source))}

    def _chain(self, sources: tuple[FontSource, ...], px: int) -> FontChain:
        if (sources, px) not in self._chains:
            fonts = tuple(font for source in sources if (font := self._font(source, px)))
            if not fonts:
                raise FontNotFoundError(f"no font for {px} px text; {INSTALL}")
            self._chains[sources, px] = FontChain(px, fonts)
        return self._chains[sources, px]

    def _font(self, source: FontSource, px: int) -> Font | None:
        path = self._find(source)
        if path is None or (source.native and path.suffix != ".otf" and px != source.native):
            return None
        scale = max(px // source.native, 1) if source.native else 1
        size = source.native if source.native and px > source.native else px
        return Font(
            source.name,
            px,
            partial(_face, path, size, source),
            self._coverage(path, source),
            bool(source.native),
            scale,
        )

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

    def _coverage(self, path: Path, source: FontSource) -> Coverage:
        if path not in self._coverages:
            self._coverages[path] = _read_coverage(path, source.face)
        return self._coverages[path]


@lru_cache(maxsize=1)
def system_fonts() -> FontLibrary:
    """Return this machine's fonts, found once a process."""
    return FontLibrary()


def _pip_root() -> Path | None:
    spec = find_spec(PIP_PACKAGE)
    return Path(spec.origin).parent / "fonts" if spec and spec.origin else None


def _read_coverage(path: Path, face: int) -> Coverage:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    try:
        return pcf_coverage(data) if ".pcf" in path.suffixes else sfnt_coverage(data, face)
    except FontFileError as error:
        raise FontFileError(f"{path.name}: {error}; reinstall its package") from error


def _face(path: Path, px: int, source: FontSource) -> ImageFont.FreeTypeFont:
    try:
        face = ImageFont.truetype(str(path), px, index=source.face, layout_engine=ImageFont.Layout.BASIC)
        if source.weight:
            face.set_variation_by_axes([source.weight])
    except OSError as error:
        raise FontFileError(f"{path.name} cannot be opened at {px} px; reinstall its package") from error
    return face
