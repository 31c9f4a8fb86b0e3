"""The fonts that a browser of the tests has, so that all machines measure the same."""

import os
from pathlib import Path

import font_source_sans_pro
import font_source_serif_pro

PACKAGES = (font_source_sans_pro, font_source_serif_pro)
CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  {folders}
  <cachedir>{cache}</cachedir>
  <selectfont><rejectfont><glob>*.otf</glob></rejectfont></selectfont>
  <match target="pattern">
    <test name="family"><string>serif</string></test>
    <edit name="family" mode="assign" binding="strong"><string>Source Serif Pro</string></edit>
  </match>
  <match target="pattern">
    <test name="family" compare="not_eq"><string>Source Serif Pro</string></test>
    <edit name="family" mode="append_last"><string>Source Sans Pro</string></edit>
  </match>
</fontconfig>
"""


def environment(folder: Path) -> dict[str, str | float | bool]:
    """Return a browser's environment in which it has the fonts of the tests alone.

    `folder` is the tests' own: the configuration is written there. Its format is fontconfig's
    (https://www.freedesktop.org/software/fontconfig/fontconfig-user.html).
    """
    files = [Path(package.font_directory) for package in PACKAGES]
    folders = "\n  ".join(f"<dir>{path}</dir>" for path in files)
    configuration = folder / "fonts.conf"
    configuration.write_text(
        CONFIGURATION.format(folders=folders, cache=folder / "cache")
    )
    return {**os.environ, "FONTCONFIG_FILE": str(configuration)}
