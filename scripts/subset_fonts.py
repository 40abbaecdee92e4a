"""Makes the letters' font, src/huiyin/reports/fonts/NotoSerifCJKsc-Letters.otf.

An office machine has no Chinese font, so the letters carry one: a subset of Noto Serif CJK
(SIL Open Font License 1.1, licence text beside the font). The source is the collection that
Debian 12 ships in the package fonts-noto-cjk; its checksum is pinned, so the same file comes out
wherever this runs. Needs fonttools; it is not a dependency of Huiyin itself.

    apt-get install fonts-noto-cjk && pip install fonttools==4.68.0
    python scripts/subset_fonts.py
"""

import hashlib
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
SOURCE_SHA256 = "a04178ec485dffdff7cc0c0c20e1fce9202d7e2160d805e8e44a4c8841c58481"
FACE = 2  # the collection's third face is "Noto Serif CJK SC"; locl brings the Taiwan forms
TARGET = Path(__file__).parent.parent / "src/huiyin/reports/fonts/NotoSerifCJKsc-Letters.otf"


def two_byte(codec: str, first: int, last: int) -> set[int]:
    """The code points that `codec` reaches with the byte pairs from `first` to `last`."""
    found: set[int] = set()
    for code in range(first, last + 1):
        try:
            found |= {ord(char) for char in code.to_bytes(2, "big").decode(codec)}
        except UnicodeDecodeError:
            continue
    return found


def wanted() -> set[int]:
    """GB 2312 (levels 1 and 2), Big5 (level 1), Latin, and the signs of ordinary letters."""
    latin = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180))
    signs = set(range(0x2010, 0x2027)) | set(range(0x2190, 0x219A)) | set(range(0x2460, 0x2474))
    cjk_signs = set(range(0x3000, 0x3040)) | set(range(0xFF01, 0xFF5F)) | {0xFFFD, 0x25A1, 0x2713}
    # Characters of personal and place names that GB 2312 left out and the Table of General
    # Standard Chinese Characters (2013) took in.
    names = {ord(c) for c in NAMES}
    chinese = two_byte("gb2312", 0xA1A1, 0xF7FE) | two_byte("big5", 0xA140, 0xC67E)
    return latin | signs | cjk_signs | names | chinese


NAMES = (
    "㛃㛚㭎䁖䃅䗛䥽䲟玥珺玙玚玘玎玓琎珣珽琄琏璟瓒祎祾翀翃翯昇昉晗晞晢暐朸杺枞柃栋桄棽樾汭沄沚"
    "泚洺浥淏淼湜溁滢漪潆澔瀞炘烜焱煊熠燚彧彣頔骉鋆鑫镕锳镔闫闳阛陉陟喆堃垚垟埇埕塬墚奡妘姈姝"
    "姞娍婳嫄孖宬峣嵘崟巙弢彤忞怿恺惇愔懋戬扆抃旸昀昕昫昳晔晟暄"
)


def main() -> int:
    if hashlib.sha256(SOURCE.read_bytes()).hexdigest() != SOURCE_SHA256:
        print(f"{SOURCE} is not the pinned version: install Debian 12's fonts-noto-cjk.")
        return 1
    options = subset.Options()
    options.layout_features = ["locl", "ccmp", "kern", "liga", "halt", "palt", "mark", "mkmk"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "DSIG"]
    font = TTFont(SOURCE, fontNumber=FACE, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    font.save(TARGET)
    data = TARGET.read_bytes()
    print(f"{len(data):,} bytes  sha256 {hashlib.sha256(data).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
